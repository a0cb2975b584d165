import pytest

from applets.shared.file_system.tree import MF, Kind, Life
from applets.uicc.file_description import Description

RULE = "8B032F0601"


def described(body, *, whole=True):
    raw = bytes.fromhex(body.replace(" ", ""))
    return Description.parse(b"\x62" + bytes((len(raw),)) + raw, whole=whole)


def test_a_template_describes_a_file():
    one = described("82024121 83026F42 8A0104 8B032F0603 80020010 880138")
    file = one.made((MF, one.fid))
    assert (file.kind, file.sfi, file.arr, file.rule, file.life) == (
        Kind.TRANSPARENT, 7, 0x2F06, 3, Life.DEACTIVATED,
    )  # fmt: skip
    assert file.content == b"\xff" * 16


@pytest.mark.parametrize(("object88", "sfi"), [("", 2), ("8800", 0), ("880118", 3)])
def test_without_a_short_identifier_it_is_the_end_of_the_long_one(object88, sfi):
    assert described(f"82024121 83026F42 {RULE} 800110 {object88}").sfi == sfi


def test_an_identifier_that_ends_in_ones_gives_no_short_one():
    assert described(f"82024121 83026F1F {RULE} 800110").sfi == 0


def test_rules_come_in_three_forms():
    assert described("82024121 83026F42 8C021B1A 800110").compact == b"\x1b\x1a"
    assert described("82024121 83026F42 8B062F0601050203 800110").rule == 5


def test_the_last_byte_of_a_pattern_is_repeated_or_the_whole():
    last = described(f"82024121 83026F42 {RULE} 800105 A504C1020102")
    whole = described(f"82024121 83026F42 {RULE} 800105 A504C2020102")
    assert (last.filling(5).hex(), whole.filling(5).hex()) == ("0102020202", "0102010201")
    assert last.filling(1).hex() == "01"


def test_only_identifier_and_size_are_needed_to_resize():
    assert described("83026F42 80020100", whole=False).size == 256
    with pytest.raises(ValueError, match="83 is missing"):
        described("80020100", whole=False)


def test_what_else_stands_in_a_template_is_passed_over():
    one = described(f"82024121 83026F42 {RULE} 800105 A503C30102 8F0100")
    assert one.pattern == b"\xff"
