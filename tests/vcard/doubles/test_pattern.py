"""Patterns of bytes."""

import pytest

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
]


def test_a_pattern_fits_the_bytes_it_describes():
    for text, raw, fits in FITS:
        assert Pattern.parse(text).matches(bytes.fromhex(raw)) is fits


def test_a_wrong_pattern_is_refused_with_its_column():
    for text in ["0", "GG", "[x]", "00 ..", "00 [1-]"]:
        with pytest.raises(ValueError, match="column"):
            Pattern.parse(text)


def test_every_byte_can_stand_in_a_pattern():
    for n in range(256):
        pattern = Pattern.parse(f"{n:02X}")
        assert [k for k in range(256) if pattern.matches(bytes((k,)))] == [n]
