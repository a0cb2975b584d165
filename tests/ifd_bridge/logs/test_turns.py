"""Entries in turn."""

from ifd_bridge.logs.turns import in_turn
from vcard.doubles.recording import Entry, Kind


def test_entries_are_a_step_apart():
    assert in_turn([(Kind.UP, b"\x3b\0"), (Kind.DOWN, b"")]) == [
        Entry(0.0, Kind.UP, b"\x3b\0"),
        Entry(0.001, Kind.DOWN, b""),
    ]
