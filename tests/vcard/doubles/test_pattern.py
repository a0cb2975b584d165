"""Patterns of bytes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.doubles.pattern import Pattern

FITS = [
    ("80 CA ?? 0?", "80CA1107", True),
    ("80 CA ?? 0?", "80CA1117", False),
    ("80CA ?5", "80CAF5", True),
    ("00 A4 ...", "00A4", True),
    ("00 A4 ...", "00A40400020A0D", True),
    ("... 90 00", "0102039000", True),
    ("00 [2] FF", "000102FF", True),
    ("00 [2] FF", "0001FF", False),
    ("00 [1-2]", "0001", True),
    ("00 [1-2]", "00010203", False),
    ("5B 2E 0A", "5B2E0A", True),
    ("", "", True),
    ("", "00", False),
    ("...", "", True),
    ("[0]", "", True),
    ("[0-3] 05", "05", True),
    ("[0-3] 05", "0102030405", False),
    ("[0-3] 05", "01020305", True),
    ("01 ... 02 ... 03", "0109020903", True),
    ("01 ... 02 ... 03", "0109030902", False),
    ("... 02 [2] 03", "0202090903", True),
    ("[5-9] ?0", "010203040550", True),
    ("[5-9] ?0", "0102030450", False),
    ("00 [65536] 01", "0001", False),
]


def test_a_pattern_fits_the_bytes_it_describes():
    for text, raw, fits in FITS:
        assert Pattern.parse(text).matches(bytes.fromhex(raw)) is fits


def test_a_wrong_pattern_is_refused_with_its_column():
    for text in ["0", "GG", "[x]", "00 ..", "00 [1-]", "[¹]", "\u0660\u0660"]:
        with pytest.raises(ValueError, match="column"):
            Pattern.parse(text)


def test_every_byte_can_stand_in_a_pattern():
    for n in range(256):
        pattern = Pattern.parse(f"{n:02X}")
        assert [k for k in range(256) if pattern.matches(bytes((k,)))] == [n]


@given(
    st.lists(st.sampled_from(["00", "0?", "?1", "??", "...", "[1]", "[0-2]", "[2-3]"]), max_size=6),
    st.lists(st.sampled_from([0, 1, 0x10, 0x11]), max_size=7).map(bytes),
)
def test_a_pattern_fits_what_the_regular_expression_of_the_same_meaning_fits(tokens, raw):
    meanings = {
        "00": b"\\x00", "0?": b"[\\x00-\\x0f]", "?1": b"[\\x01\\x11]", "??": b".", "...": b".*",
        "[1]": b".", "[0-2]": b".{0,2}", "[2-3]": b".{2,3}",
    }  # fmt: skip
    expected = re.fullmatch(b"".join(meanings[token] for token in tokens), raw, re.DOTALL)
    assert Pattern.parse(" ".join(tokens)).matches(raw) is (expected is not None)


@pytest.mark.parametrize("gap", ["[2-1]", "[65545]", "[0-65545]", "[999999999999999999]"])
def test_a_gap_that_no_command_has_is_refused(gap):
    with pytest.raises(ValueError, match="a gap has 0 to 65544 bytes"):
        Pattern.parse(f"00 {gap}")
    assert Pattern.parse("[0-65544]").matches(bytes(65544))
    assert Pattern.parse("[65544]").matches(bytes(65544))


def test_more_gaps_than_sixteen_are_refused():
    Pattern.parse("... 00 " * 16)
    with pytest.raises(ValueError, match="at most 16 gaps, not 17"):
        Pattern.parse("... 00 " * 17)


def test_a_long_command_is_looked_at_once_for_each_byte_of_the_pattern():
    """If each gap was tried at every length this would not end."""
    assert not Pattern.parse("... 00 " * 16 + "01").matches(bytes(65544))
    assert Pattern.parse("... 00 " * 16).matches(bytes(65544))


def test_what_is_wrong_in_a_long_line_is_shown_in_short():
    with pytest.raises(ValueError, match="column 1") as caught:
        Pattern.parse("x" * 100_000)
    assert len(str(caught.value)) < 100
