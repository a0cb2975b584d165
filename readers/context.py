"""The interface of a reader for its slots, cards and keypad; the guard of its inputs is in it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, TypeVar

from .events import ReaderEvent, Tap
from .models.model import Model

T = TypeVar("T")


class Guard(Protocol):
    """A lock as the reader sees it. Leaving it delivers the reader's answers.

    A reader has no locks of its own. Code that shares it between threads gives it a guard
    (ifd_bridge/system/reader_lock.py): held while a message or an input is handled, released while
    a card computes.
    """

    def __enter__(self) -> object:
        """Wait for the reader, for a bounded time."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release the reader and wake the threads that wait for its messages."""

    def unlocked(self, work: Callable[[], T]) -> T:
        """Run a card's code with the guard released, and take it again."""

    def await_look(self, slot: int) -> None:
        """Wait, for a bounded time, until the host has looked at the last movement in a slot."""


class NoGuard:
    """The guard of a reader that one thread alone uses."""

    def __enter__(self) -> object:
        return self

    def __exit__(self, *fault: object) -> None:
        pass

    def unlocked(self, work: Callable[[], T]) -> T:
        """Run `work`."""
        return work()

    def await_look(self, slot: int) -> None:
        """Return at once: the only thread is the one that moves the card."""


class Context(Protocol):
    """The reader as its keypad, its slots and their cards see it."""

    model: Model
    now: float
    guard: Guard
    tap: Tap | None

    def tell(self, event: ReaderEvent) -> None:
        """Report an event to the tap, if there is one."""
