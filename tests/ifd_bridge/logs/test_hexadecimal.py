"""Hexadecimal text with other programs' separators."""

import pytest

from ifd_bridge.logs.hexadecimal import hexadecimal


def test_what_stands_between_the_digits_does_not_count():
    for text in ("00A40400", "00 a4 04 00", "00:A4:04:00", "{0x00, 0xA4, 0x04, 0x00};",
                 "[00-A4-04-00]", "00A4\n0400"):  # fmt: skip
        assert hexadecimal(text) == b"\0\xa4\4\0"
    assert hexadecimal("") == b""


def test_other_text_is_refused_as_it_was_given():
    for text in ("hello", "00A", "00 zz"):
        with pytest.raises(ValueError, match=f"'{text}' is not hexadecimal"):
            hexadecimal(text)
