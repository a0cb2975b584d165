"""Writing data objects."""

from __future__ import annotations

import pytest

from applets.openpgp.objects import OBJECTS
from tests.kits.openpgp.host import Host

SPECIAL = 0x800


@pytest.mark.parametrize(
    ("tag", "good", "wrong"),
    [
        (0x5B, b"x" * 39, b"x" * 40),
        (0x5F2D, b"deen", b"deende" * 2),
        (0x5F35, b"1", b""),
        (0xC7, bytes(20), bytes(19)),
        (0xCE, bytes(4), bytes(5)),
        (0x5E, b"x" * SPECIAL, b"x" * (SPECIAL + 1)),
    ],
)
def test_lengths_are_checked(blank: Host, tag: int, good: bytes, wrong: bytes) -> None:
    assert OBJECTS[tag].accepts(good, SPECIAL)
    blank.administer()
    assert (blank.put(tag, wrong), blank.put(tag, good)) == ("6700", "9000")
    assert blank.get(tag) == good


@pytest.mark.parametrize(("tag", "value"), [(0x5F2D, b"d"), (0x5F35, b"5")])
def test_values_are_checked(blank: Host, tag: int, value: bytes) -> None:
    blank.administer()
    assert blank.put(tag, value) == "6A80"


@pytest.mark.parametrize(
    ("tag", "writer", "reader"),
    [(0x0101, 0x82, 0), (0x0102, 0x83, 0), (0x0103, 0x82, 0x82), (0x0104, 0x83, 0x83)],
)
def test_private_objects_have_their_access(blank: Host, tag: int, writer: int, reader: int) -> None:
    others = {0x81, 0x82, 0x83} - {writer}
    for other in others:
        assert blank.verify(other) == "9000"
    assert blank.put(tag, b"private") == "6982"
    blank.select()
    assert blank.verify(writer) == "9000"
    assert blank.put(tag, b"private") == "9000"
    blank.select()
    if reader:
        assert blank.word(0xCA, 1, tag & 0xFF) == "6982"
        assert blank.verify(reader) == "9000"
    assert blank.get(tag) == b"private"
