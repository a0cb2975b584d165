from applets.esim.saip.templates import Template, templates
from applets.shared.file_system.tree import Kind


def test_rows_say_what_a_file_is():
    assert templates(16)[2] == Template(0x2FE2, Kind.TRANSPARENT, 10, 0, 11, 0, "-")
    assert templates(19)[1].sfi == 7
    assert templates(99) == ()


def test_default_contents_fill_the_file():
    def content(default: str, size: int) -> bytes | None:
        return Template(1, Kind.TRANSPARENT, 0, 0, 0, 0, default).content(size)

    assert content("-", 3) is None
    assert content("07FF+", 3).hex() == "07ffff"
    assert content("FFFF0000*", 6).hex() == "ffff0000ffff"
    assert content("0A", 2).hex() == "0aff"
    assert content("FF+0001", 4).hex() == "ffff0001"
