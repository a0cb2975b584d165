"""What a reader tells its `tap`: everything worth watching, in bytes and numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """Something happened at a slot."""

    slot: int


@dataclass(frozen=True, slots=True)
class MessageOut(ReaderEvent):
    """A PC_to_RDR message came from the host (bulk OUT)."""

    message: bytes


@dataclass(frozen=True, slots=True)
class MessageIn(ReaderEvent):
    """A RDR_to_PC message goes to the host (bulk IN)."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Interrupted(ReaderEvent):
    """A RDR_to_PC message goes to the host by itself (interrupt IN)."""

    message: bytes


@dataclass(frozen=True, slots=True)
class PoweredUp(ReaderEvent):
    """The card got its supply or a reset; `atr` is None from a mute card."""

    atr: bytes | None


@dataclass(frozen=True, slots=True)
class PoweredDown(ReaderEvent):
    """The card's supply was taken away."""


@dataclass(frozen=True, slots=True)
class CommandSent(ReaderEvent):
    """A command APDU went to the card."""

    command: bytes
    port: int | None = None


@dataclass(frozen=True, slots=True)
class ResponseReceived(ReaderEvent):
    """The card answered `command`; None if it stayed mute."""

    command: bytes
    response: bytes | None


@dataclass(frozen=True, slots=True)
class CardInserted(ReaderEvent):
    """A card was put in."""


@dataclass(frozen=True, slots=True)
class CardEjected(ReaderEvent):
    """The card was taken out."""


@dataclass(frozen=True, slots=True)
class KeyPressed(ReaderEvent):
    """A key of the keypad was pressed. A digit is a secret."""

    key: str


@dataclass(frozen=True, slots=True)
class Displayed(ReaderEvent):
    """The display shows `text` now: lines divided by newlines, "" when dark."""

    text: str


Tap = Callable[[ReaderEvent], None]
