"""What the parts of a reader may ask of the whole."""

from __future__ import annotations

from typing import Protocol

from .events import ReaderEvent, Tap
from .guard import Guard
from .models.model import Model


class Context(Protocol):
    """A reader as its keypad, its slots and their cards see it."""

    model: Model
    now: float
    guard: Guard
    tap: Tap | None

    def tell(self, event: ReaderEvent) -> None:
        """Tell whoever taps the reader."""
