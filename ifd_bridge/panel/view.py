"""What a panel shows: readers as they stand now, and the last lines of the trace.

A pure reduction of events and of the world's `list`. Nothing grows: readers are as many as
there are, lines are kept in a ring and numbered, so that a viewer knows what it has missed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ifd_bridge.trace import events
from ifd_bridge.trace.events import Event
from ifd_bridge.trace.told import Layer, Told, tell
from readers.message import CommandStatus, MessageType

KEPT = 1000
"""So many lines are kept for a viewer that comes later or is slow."""

Values = dict[str, Any]

UNKNOWN = -1
STORE_DATA = frozenset(bytes((cla, 0xE2)) for cla in (*range(0x80, 0x84), *range(0xC0, 0xD0)))
"""Commands after which an eUICC's profiles may be others."""


@dataclass(slots=True)
class Face:
    """One reader as the panel draws it."""

    powered: set[int] = field(default_factory=set)
    display: str = ""
    entry: int | None = None
    """bSeq of the PIN entry under way; UNKNOWN if it began before we looked."""

    def listed(self, reader: Values) -> None:
        """Take over what the world says of the reader now."""
        self.powered = set(reader["powered"])
        self.display = str(reader["display"])
        if not reader["waiting"]:
            self.entry = None
        elif self.entry is None:
            self.entry = UNKNOWN


class View:
    """The state of a panel. Not safe for threads: its owner has the lock."""

    def __init__(self) -> None:
        self.readers: list[Values] = []
        self.changed = 0
        """Counts changes of what `state` says."""
        self.told = 0
        """The number of the last line."""
        self._faces: dict[str, Face] = {}
        self._lines: deque[Values] = deque(maxlen=KEPT)

    def listed(self, readers: list[Values]) -> None:
        """The world's own word on which readers there are and what lies in them."""
        self.readers = readers
        self.changed += 1
        for reader in readers:
            self._face(reader["name"]).listed(reader)

    def event(self, event: Event) -> bool:
        """Take in an event; True if the world should be asked for its list again."""
        change = _CHANGES.get(type(event))
        if change is not None and change(self._face(event.reader), event):
            self.changed += 1
        told = tell(event)
        if told.layer in (Layer.APDU, Layer.READER):
            self.told += 1
            self._lines.append(_line(self.told, event, told))
        if isinstance(event, events.ResponseReceived):
            return event.command[:2] in STORE_DATA
        return isinstance(event, events.CardInserted | events.CardEjected)

    def lost(self, count: int) -> None:
        """Say that events went by too fast to be seen."""
        self.told += 1
        self._lines.append({"n": self.told, "lost": count})

    def state(self) -> Values:
        """All readers, ready for JSON."""
        return {"readers": [{**reader, **self._look(reader["name"])} for reader in self.readers]}

    def lines_after(self, number: int, at_most: int = 200) -> tuple[list[Values], int]:
        """The newest lines behind `number`, and how many before them are left out."""
        missing = min(self.told - number, len(self._lines))
        count = min(missing, at_most)
        lines = list(islice(self._lines, len(self._lines) - count, None))
        return lines, self.told - number - count

    def _face(self, reader: str) -> Face:
        return self._faces.setdefault(reader, Face())

    def _look(self, reader: str) -> Values:
        face = self._face(reader)
        return {
            "powered": sorted(face.powered),
            "display": face.display,
            "waiting": face.entry is not None,
        }


def _line(number: int, event: Event, told: Told) -> Values:
    return {
        "n": number,
        "at": event.at,
        "reader": event.reader,
        "slot": event.slot,
        "layer": told.layer.value,
        "mark": told.mark.value,
        "name": told.name,
        "hex": _cut(told.hex),
        "note": told.note,
        "details": list(islice(told.details, 40)),
        "good": told.good,
    }


def _cut(text: str, longest: int = 384) -> str:
    return text if len(text) <= longest else f"{text[:longest]} … {(len(text) + 1) // 3} bytes"


def _power(*, on: bool) -> Callable[[Face, Any], bool]:
    def change(face: Face, event: Event) -> bool:
        before = event.slot in face.powered
        on_now = on and getattr(event, "atr", b"") is not None
        (face.powered.add if on_now else face.powered.discard)(event.slot)
        return before is not on_now

    return change


def _display(face: Face, event: events.Displayed) -> bool:
    before, face.display = face.display, event.text
    return before != event.text


def _out(face: Face, event: events.MessageOut) -> bool:
    """A PIN entry begins."""
    message = event.message
    if message[:1] != bytes((MessageType.PC_to_RDR_Secure,)) or message[10:11] not in (
        b"\0",
        b"\1",
    ):
        return False
    face.entry = message[6]
    return True


def _in(face: Face, event: events.MessageIn) -> bool:
    """A PIN entry ends with its answer, which is no time extension."""
    message = event.message
    if face.entry is None or len(message) < 10 or face.entry not in (message[6], UNKNOWN):
        return False
    if message[7] >> 6 == CommandStatus.TIME_EXTENSION:
        return False
    face.entry = None
    return True


_CHANGES: Mapping[type[Event], Callable[[Face, Any], bool]] = {
    events.PoweredUp: _power(on=True),
    events.PoweredDown: _power(on=False),
    events.CardEjected: _power(on=False),
    events.Displayed: _display,
    events.MessageOut: _out,
    events.MessageIn: _in,
}

KINDS: Iterable[str] = tuple(
    kind.__name__
    for kind in (
        *_CHANGES,
        events.CardInserted,
        events.CommandSent,
        events.ResponseReceived,
        events.KeyPressed,
    )
)
"""The events that a panel needs."""
