"""The events of a world: reports of readers and calls of drivers, with place and time.

Nothing is formatted or written here. An event holds the bytes and numbers of a border; taps
(text.py and its neighbours) add names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ifd_bridge.ifdh.api import Code, Function
from readers.events import (
    CardEjected,
    CardInserted,
    CommandSent,
    Displayed,
    Interrupted,
    KeyPressed,
    MessageIn,
    MessageOut,
    PoweredDown,
    PoweredUp,
    ReaderEvent,
    ReportIn,
    ReportOut,
    ResponseReceived,
)

__all__ = [
    "KINDS",
    "Answered",
    "Called",
    "CardEjected",
    "CardInserted",
    "CommandSent",
    "Displayed",
    "Event",
    "FaultStruck",
    "HostChanged",
    "Interrupted",
    "KeyPressed",
    "Lost",
    "MessageIn",
    "MessageOut",
    "Plugged",
    "PoweredDown",
    "PoweredUp",
    "ReaderEvent",
    "ReportIn",
    "ReportOut",
    "ResponseReceived",
    "Tap",
    "TouchAsked",
    "Unplugged",
]


@dataclass(slots=True)
class Called(ReaderEvent):
    """pcscd called an IFDH function.

    `number` is the function's own number: a tag, an action, a protocol or a control code;
    `data` is the command, the value or the control's input.
    """

    function: Function
    number: int
    data: bytes = b""


@dataclass(slots=True)
class Answered(ReaderEvent):
    """The driver answered the last call of this slot."""

    function: Function
    number: int
    code: Code
    data: bytes


@dataclass(slots=True)
class FaultStruck(ReaderEvent):
    """A fault that was asked for struck; `text` says where and how."""

    text: str


@dataclass(slots=True)
class TouchAsked(ReaderEvent):
    """The card wants a touch of its button, or does not want it any more."""

    wanted: bool


@dataclass(slots=True)
class Plugged(ReaderEvent):
    """The reader was plugged in again."""


@dataclass(slots=True)
class Unplugged(ReaderEvent):
    """The reader was pulled out, with all its slots."""


@dataclass(slots=True)
class HostChanged(ReaderEvent):
    """A host elsewhere attached or configured the reader, or let it go; `by` names that host."""

    state: str
    by: str


@dataclass(slots=True)
class Lost(ReaderEvent):
    """`count` events came too fast for this reader of the trace, and are missing."""

    count: int


@dataclass(slots=True)
class Event:
    """`what` happened at a reader, `at` seconds since the epoch.

    `seconds` is how long an answer took. Not frozen, for speed (see readers.events); only the
    `encoded` form is added later (json_form.py).
    """

    at: float
    reader: str
    what: ReaderEvent
    seconds: float | None = None
    encoded: bytes = field(default=b"", repr=False, compare=False)


Tap = Callable[[Event], None]

_KINDS: tuple[type[ReaderEvent], ...] = (
    CardEjected,
    CardInserted,
    CommandSent,
    Displayed,
    Interrupted,
    KeyPressed,
    MessageIn,
    MessageOut,
    PoweredDown,
    PoweredUp,
    ReportIn,
    ReportOut,
    ResponseReceived,
    Called,
    Answered,
    FaultStruck,
    TouchAsked,
    Plugged,
    Unplugged,
    HostChanged,
    Lost,
)
KINDS = {kind.__name__: kind for kind in _KINDS}
"""Every kind of event by its name."""
