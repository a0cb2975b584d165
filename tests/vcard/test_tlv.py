from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.tlv import Tlv, length_bytes, parse_all, read_length, tlv

tags = st.sampled_from([0x04, 0x5A, 0x6F, 0x7F49, 0x9F70, 0xBF3E, 0xDF8101, 0x00])


@given(tags, st.binary(max_size=300))
def test_what_is_written_is_read_back(tag: int, value: bytes) -> None:
    assert Tlv.parse(bytes(Tlv(tag, value))) == Tlv(tag, value)
    assert tlv(tag, value) == bytes(Tlv(tag, value))


@given(st.binary(max_size=40))
def test_any_bytes_are_objects_or_a_value_error(raw: bytes) -> None:
    try:
        items = parse_all(raw)
    except ValueError as error:
        assert str(error).startswith("offset ")  # noqa: PT017 - either is right
    else:
        assert parse_all(b"".join(map(bytes, items))) == items


def test_lengths_have_one_to_five_bytes() -> None:
    for length in [0, 1, 127, 128, 255, 256, 65535, 65536, 2**24, 2**32 - 1]:
        raw = length_bytes(length)
        assert len(raw) <= 5
        assert read_length(raw, 0) == (length, len(raw))


def test_what_is_wrong_is_named_with_its_offset() -> None:
    cases = [
        ("", "offset 0: tag missing"),
        ("9F", "offset 0: tag cut short"),
        ("9F81", "offset 0: tag cut short"),
        ("9F81818101", "at most 3 bytes"),
        ("5A", "offset 1: length missing"),
        ("5A80", "not used by cards"),
        ("5A85", "not used by cards"),
        ("5A82FF", "offset 1: length cut short"),
        ("5A02AA", "offset 2: 2 bytes announced, 1 there"),
        ("5A01AABB", "offset 3: 1 bytes after"),
    ]
    for text, message in cases:
        with pytest.raises(ValueError, match=message):
            Tlv.parse(bytes.fromhex(text))


def test_objects_are_found_down_a_path() -> None:
    fci = Tlv.parse(tlv(0x6F, tlv(0x84, b"aid"), tlv(0xA5, tlv(0x50, b"x"), Tlv(0x50, b"y"))))
    assert fci.constructed
    assert not Tlv(0x84).constructed
    assert fci.find(0x84) == Tlv(0x84, b"aid")
    assert fci.find(0xA5, 0x50) == Tlv(0x50, b"x")
    assert fci.find(0xA5, 0x51) is None
    assert fci.find() is fci
