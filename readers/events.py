"""Events that a reader reports to its `tap`, as bytes and numbers.

Events are created on the path of every message, so they are not frozen: a frozen one takes three
times as long to create. Treat them as immutable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class ReaderEvent:
    """An event at a slot."""

    slot: int


@dataclass(slots=True)
class MessageOut(ReaderEvent):
    """The host sent a PC_to_RDR message (bulk OUT)."""

    message: bytes


@dataclass(slots=True)
class MessageIn(ReaderEvent):
    """The reader sent an RDR_to_PC message (bulk IN)."""

    message: bytes


@dataclass(slots=True)
class Interrupted(ReaderEvent):
    """The reader sent an RDR_to_PC message unasked (interrupt IN)."""

    message: bytes


@dataclass(slots=True)
class ReportOut(ReaderEvent):
    """The host sent a report to the HID interface beside the reader's own."""

    report: bytes


@dataclass(slots=True)
class ReportIn(ReaderEvent):
    """The HID interface sent a report."""

    report: bytes


@dataclass(slots=True)
class PoweredUp(ReaderEvent):
    """The card was powered up or reset; `atr` is None for a mute card."""

    atr: bytes | None


@dataclass(slots=True)
class PoweredDown(ReaderEvent):
    """The card was powered down."""


@dataclass(slots=True)
class CommandSent(ReaderEvent):
    """A command APDU was sent to the card, on the port that the NAD selected (None: no NAD)."""

    command: bytes
    port: int | None = None


@dataclass(slots=True)
class ResponseReceived(ReaderEvent):
    """The card answered `command`; None if it stayed mute."""

    command: bytes
    response: bytes | None


@dataclass(slots=True)
class CardInserted(ReaderEvent):
    """A card was inserted."""


@dataclass(slots=True)
class CardEjected(ReaderEvent):
    """The card was removed."""


@dataclass(slots=True)
class KeyPressed(ReaderEvent):
    """A key was pressed. A digit is secret."""

    key: str


@dataclass(slots=True)
class Displayed(ReaderEvent):
    """The display changed to `text`: lines separated by newlines, "" when dark."""

    text: str


Tap = Callable[[ReaderEvent], object]
"""Called with each event; what it returns is ignored, by compiled code as well."""
