"""Traffic on a card's I/O contact below the APDU, for code that disturbs it on purpose."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol, runtime_checkable

from .contact import Busy, Contact, asked


class Unit(Enum):
    """The input to the card: a PPS request, or a block or characters of its protocol."""

    PPS = "pps"
    BLOCK = "block"


@runtime_checkable
class LineTap(Protocol):
    """Stands between the contact and the card's own end of the protocol."""

    def passed(self, unit: Unit, answer: Callable[[], bytes | Busy | None]) -> bytes | Busy | None:
        """Return what the reader receives; `answer()` returns what the card itself sends."""


def line_tap_of(contact: Contact) -> LineTap | None:
    """Find who disturbs the line to a card, whatever is around it; None if nobody does."""
    return asked(contact, "line_tap", LineTap)  # type: ignore[type-abstract] # runtime_checkable
