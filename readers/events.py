"""What a reader tells its `tap`: everything worth watching, in bytes and numbers.

An event is made while a message is on its way, so it is not frozen: that would take three times
as long. Nobody changes one all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class ReaderEvent:
    """Something happened at a slot."""

    slot: int


@dataclass(slots=True)
class MessageOut(ReaderEvent):
    """A PC_to_RDR message came from the host (bulk OUT)."""

    message: bytes


@dataclass(slots=True)
class MessageIn(ReaderEvent):
    """A RDR_to_PC message goes to the host (bulk IN)."""

    message: bytes


@dataclass(slots=True)
class Interrupted(ReaderEvent):
    """A RDR_to_PC message goes to the host by itself (interrupt IN)."""

    message: bytes


@dataclass(slots=True)
class PoweredUp(ReaderEvent):
    """The card got its supply or a reset; `atr` is None from a mute card."""

    atr: bytes | None


@dataclass(slots=True)
class PoweredDown(ReaderEvent):
    """The card's supply was taken away."""


@dataclass(slots=True)
class CommandSent(ReaderEvent):
    """A command APDU went to the card, on the port that the NAD named (None: no NAD)."""

    command: bytes
    port: int | None = None


@dataclass(slots=True)
class ResponseReceived(ReaderEvent):
    """The card answered `command`; None if it stayed mute."""

    command: bytes
    response: bytes | None


@dataclass(slots=True)
class CardInserted(ReaderEvent):
    """A card was put in."""


@dataclass(slots=True)
class CardEjected(ReaderEvent):
    """The card was taken out."""


@dataclass(slots=True)
class KeyPressed(ReaderEvent):
    """A key of the keypad was pressed. A digit is a secret."""

    key: str


@dataclass(slots=True)
class Displayed(ReaderEvent):
    """The display shows `text` now: lines divided by newlines, "" when dark."""

    text: str


Tap = Callable[[ReaderEvent], None]
