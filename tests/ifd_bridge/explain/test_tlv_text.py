"""Data objects become a tree; what only looks like one by accident does not."""

import pytest

from ifd_bridge.explain.tlv_text import looks_like_tlv, objects, tlv_tree


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
