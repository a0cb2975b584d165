"""The turns in a log, as entries of a recording, whose times are not the log's."""

from __future__ import annotations

from collections.abc import Iterable

from vcard.doubles.recording import Entry, Kind

STEP_S = 0.001
"""Interval between entries."""


def in_turn(told: Iterable[tuple[Kind, bytes]]) -> list[Entry]:
    """Number the entries, one step after the other."""
    return [Entry(number * STEP_S, kind, data) for number, (kind, data) in enumerate(told)]
