import pytest

from applets.shared.file_system.tree import DIR, MF, File, Kind, Tree, filled

ROOT = File((MF,), Kind.DF)
ADF = File((MF, 0x7FD0), Kind.DF, aid=bytes(7))
RECORDS = File((MF, DIR), Kind.LINEAR, bytes(6), 2, sfi=30)
PLAIN = File((MF, 0x7FD0, 0x6F07), Kind.TRANSPARENT, bytes(9), sfi=7, rule=2)
TREE = Tree((ROOT, RECORDS, ADF, PLAIN))


def test_files_are_found_by_place():
    assert TREE.child((MF,), DIR) is RECORDS
    assert TREE.child((MF,), 0x1234) is None
    assert TREE.by_sfi(ADF.path, 7) is PLAIN
    assert TREE.by_sfi((MF,), 7) is None
    assert TREE.adfs == (ADF,)
    assert list(TREE.children((MF,))) == [RECORDS, ADF]


def test_a_file_is_read_back_from_its_value():
    for file in TREE.files:
        assert File.from_value(file.to_value()) == file


def test_counts_and_names():
    assert (RECORDS.records, PLAIN.records, RECORDS.name) == (3, 0, "3F002F00")
    assert File((MF, 0x6F01), Kind.BER_TLV, limit=100).size == 100


def test_content_that_does_not_fit_is_the_callers_fault():
    assert filled(b"a", 3) == b"a\xff\xff"
    with pytest.raises(ValueError, match="do not fit"):
        filled(b"abcd", 3)
