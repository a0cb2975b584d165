"""The state of a panel: readers as they are now, and the last lines of the trace.

A pure reduction of events and of the world's `list`. Its size is bounded: lines are kept in a ring
and numbered, so that a viewer knows what it missed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ifd_bridge.trace import events
from ifd_bridge.trace.events import Event
from ifd_bridge.trace.wording import Layer, Told, tell
from readers.ccid.codes import SEQUENCE

from . import pin_entry

KEPT = 1000
"""Lines kept for a viewer that comes later or is slow."""

Values = dict[str, Any]

UNKNOWN = -1
STORE_DATA = frozenset(bytes((cla, 0xE2)) for cla in (*range(0x80, 0x84), *range(0xC0, 0xD0)))
"""Commands after which an eUICC's profiles may be others."""
TOOLKIT = frozenset(bytes((0x80, ins)) for ins in (0x10, 0x12, 0x14, 0xC2))
"""Commands after which a SIM may ask something else."""


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
        if reader["waiting"] and self.entry is None:
            self.entry = UNKNOWN
        elif not reader["waiting"] and self.entry == UNKNOWN:
            self.entry = None  # the end of any other is an event to come

    def ends(self, message: bytes) -> bool:
        """True if the message is the answer to the PIN entry under way."""
        known = None if self.entry == UNKNOWN else self.entry
        return self.entry is not None and pin_entry.ends(message, known)


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
        what = event.what
        if isinstance(what, events.Lost):
            self._keep({"lost": what.count})
            for face in self._faces.values():
                face.entry = None if face.entry is None else UNKNOWN
            return True  # what was lost may have been a card
        face = self._face(event.reader)
        begins = isinstance(what, events.MessageOut) and pin_entry.begins(what.message)
        if isinstance(what, events.MessageOut) and begins:
            self._keep(pin_entry.asked(event, what.message))
        elif isinstance(what, events.MessageIn) and face.ends(what.message):
            self._keep(pin_entry.ended(event, what.message))
        change = _CHANGES.get(type(what))
        if change is not None and change(face, what):
            self.changed += 1
        told = tell(event)
        if told.layer in (Layer.APDU, Layer.READER):
            self._keep(_line(event, told))
        if isinstance(what, events.ResponseReceived):
            return what.command[:2] in STORE_DATA | TOOLKIT
        return isinstance(what, _MOVES) or begins

    def _keep(self, line: Values) -> None:
        self.told += 1
        self._lines.append({"n": self.told, **line})

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


def _line(event: Event, told: Told) -> Values:
    return {
        "at": event.at,
        "reader": event.reader,
        "slot": event.what.slot,
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
    def change(face: Face, what: events.ReaderEvent) -> bool:
        before = what.slot in face.powered
        on_now = on and getattr(what, "atr", b"") is not None
        (face.powered.add if on_now else face.powered.discard)(what.slot)
        return before is not on_now

    return change


def _display(face: Face, what: events.Displayed) -> bool:
    before, face.display = face.display, what.text
    return before != what.text


def _out(face: Face, what: events.MessageOut) -> bool:
    """A PIN entry begins."""
    if not pin_entry.begins(what.message):
        return False
    face.entry = what.message[SEQUENCE]
    return True


def _in(face: Face, what: events.MessageIn) -> bool:
    """A PIN entry ends."""
    if not face.ends(what.message):
        return False
    face.entry = None
    return True


_CHANGES: Mapping[type[events.ReaderEvent], Callable[[Face, Any], bool]] = {
    events.PoweredUp: _power(on=True),
    events.PoweredDown: _power(on=False),
    events.CardEjected: _power(on=False),
    events.Displayed: _display,
    events.MessageOut: _out,
    events.MessageIn: _in,
}

_MOVES = (
    events.CardInserted
    | events.CardEjected
    | events.Plugged
    | events.Unplugged
    | events.HostChanged
    | events.TouchAsked
    | events.KeyPressed
    | events.Displayed
)
"""Events after which the world's own list may say something else."""

KINDS: Iterable[str] = tuple(
    kind.__name__
    for kind in (
        *_CHANGES,
        events.CardInserted,
        events.Plugged,
        events.Unplugged,
        events.HostChanged,
        events.CommandSent,
        events.ResponseReceived,
        events.KeyPressed,
        events.FaultStruck,
        events.TouchAsked,
    )
)
"""The events that a panel needs."""
