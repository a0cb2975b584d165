"""The interface of a reader for its slots, cards and keypad; the guard of its inputs is in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from vcard.compiled import mypyc_attr

from .events import ReaderEvent, Tap
from .models.model import Model

T = TypeVar("T")


@mypyc_attr(allow_interpreted_subclasses=True)
class Guard:
    """A lock as the reader sees it; this one is for a reader that one thread alone uses.

    A reader has no locks of its own. Code that shares it between threads gives it a guard
    (ifd_bridge/system/reader_lock.py): held while a message or an input is handled, released while
    a card computes. Leaving it delivers the reader's answers.
    """

    def __enter__(self) -> object:
        """Wait for the reader, for a bounded time."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release the reader and wake the threads that wait for its messages."""

    def let_go(self) -> int:
        """Release the reader for as long as a card computes; returns what `take_again` needs."""
        return 0

    def take_again(self, held: int) -> None:
        """Take the reader again, as it was held before."""

    def unlocked(self, work: Callable[[], T]) -> T:
        """Run a card's code with the reader released."""
        held = self.let_go()
        try:
            return work()
        finally:
            self.take_again(held)

    def await_look(self, slot: int) -> None:
        """Wait, for a bounded time, until the host has looked at the last movement in a slot."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Context:
    """The reader as its keypad, its slots and their cards see it."""

    model: Model
    now: float
    guard: Guard
    tap: Tap | None
    bulk_in: deque[bytes]
    listens: bool
    """True if the reader handles some commands itself."""

    def put(self, answer: bytes) -> None:
        """Queue a bulk-IN message."""
        raise NotImplementedError

    def tell(self, event: ReaderEvent) -> None:
        """Report an event to the tap, if there is one."""
        raise NotImplementedError
