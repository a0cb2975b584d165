"""The part of a reader that its slots, cards and keypad may use."""

from __future__ import annotations

from typing import Protocol

from .events import ReaderEvent, Tap
from .guard import Guard
from .models.model import Model


class Context(Protocol):
    """The reader as its keypad, its slots and their cards see it."""

    model: Model
    now: float
    guard: Guard
    tap: Tap | None

    def tell(self, event: ReaderEvent) -> None:
        """Report an event to the tap, if there is one."""
