"""A line of an explanation shows where, what and why."""

from vcard.explanation import Line, bits, listed


def test_a_line_shows_offset_bytes_name_and_text():
    assert str(Line(2, b"\x96", "TA1", "fast")) == "  2 96     TA1: fast"
    assert str(Line(12, b"\x96\x97\x98", "x", "y", 1)) == " 12   96 97 98 x: y"


def test_set_bits_are_named_and_listed():
    assert bits(0x81, {0x80: "high", 0x02: "low", 0x01: "lowest"}) == ["high", "lowest"]
    assert listed(["a", "b"]) == "a, b"
    assert listed([]) == "nothing"
