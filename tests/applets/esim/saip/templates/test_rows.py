from applets.esim.saip.templates.rows import rows
from applets.shared.file_system.tree import Kind


def content(default: str, size: int) -> bytes | None:
    (row,) = rows(f"ef-x 6F01 T {size} 0 1 0 {default}")
    return row.content(size)


def test_a_row_describes_a_file():
    adf, records = rows("adf-usim 0000 A 0 0 14 0 -\n\nef-sms 6F3C L 176 10 5 30 00FF+")
    assert (adf.kind, adf.adf, adf.fid, adf.has_default) == (Kind.DF, True, 0, False)
    assert (records.kind, records.size, records.records) == (Kind.LINEAR, 176, 10)
    assert (records.rule, records.sfi, records.has_default) == (5, 30, True)


def test_default_contents_are_expanded():
    assert content("FF+", 3).hex() == "ffffff"
    assert content("00FF+", 4).hex() == "00ffffff"
    assert content("FF+07", 3).hex() == "ffff07"
    assert content("FFFF0000*", 6).hex() == "ffff0000ffff"
    assert content("0A", 2).hex() == "0aff"
    assert content("FF+0001", 4).hex() == "ffff0001"
    assert (content("-", 2), content("@rules", 2)) == (None, None)


def test_rows_have_names_that_people_know():
    found = rows("mf 3F00 D 0 0 14 0 -\nef-imsi 6F07 T 9 0 2 7 -\ndf-df-5gs 5FC0 D 0 0 14 0 -")
    assert [row.label for row in found] == ["MF", "EF.IMSI", "DF.5GS"]
