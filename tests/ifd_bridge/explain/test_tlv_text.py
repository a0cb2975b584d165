"""Data objects become a tree; bytes that only look like one do not."""

import pytest

from ifd_bridge.explain import tlv_text
from ifd_bridge.explain.tlv_text import looks_like_tlv, objects, tlv_tree
from vcard.tlv import tlv


def test_objects_stand_below_those_that_hold_them():
    raw = bytes.fromhex("6F0A8402A000A50450024142")
    assert [(line.offset, line.depth, line.name) for line in tlv_tree(raw)] == [
        (0, 0, "6F FCI"),
        (2, 1, "84 DF name"),
        (6, 1, "A5 proprietary"),
        (8, 2, "50 label"),
    ]


def test_accidents_are_no_tlv():
    cases = [("", False), ("5A00", False), ("5A0112", True),
    ("000100", False), ("5A05", False)]  # fmt: skip
    for raw, is_tlv in cases:
        assert looks_like_tlv(bytes.fromhex(raw)) is is_tlv


def test_what_must_be_tlv_is_refused_if_it_is_not():
    with pytest.raises(ValueError, match="offset"):
        list(objects(b"\x5a"))


def nested(depth: int) -> bytes:
    raw = bytes.fromhex("0401AA")
    for _ in range(depth):
        raw = tlv(0x30, raw)
    return raw


def test_what_is_very_deep_is_shown_as_bytes():
    lines = list(tlv_text.tlv_tree(nested(3000)))
    assert len(lines) == tlv_text.DEEPEST + 1
    assert [line.depth for line in lines] == list(range(tlv_text.DEEPEST + 1))
    assert lines[-1].text.endswith("0401AA")
    assert len(list(tlv_text.objects(nested(tlv_text.DEEPEST)))) == tlv_text.DEEPEST + 1
