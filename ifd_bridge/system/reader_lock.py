"""The guard of a reader that several threads share: a lock, released while a card computes.

The lock is reentrant, since an input may cause another. One blocking thread serves each slot of a
reader; a card that computes, or never comes back, holds up its own thread and no other slot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

from readers.context import Guard
from vcard.compiled import mypyc_attr

LOCK_TIMEOUT_S = 30.0
"""Time in seconds that an input waits for the reader; a card that computes does not hold it."""


@mypyc_attr(allow_interpreted_subclasses=True)
class ReaderLock(Guard):
    """The common half of a guard; what is done when it is left is the subclass's business.

    `_moved` is to be notified of whatever a thread may wait for. RuntimeError from an input means
    that another thread has held the reader for LOCK_TIMEOUT_S.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._acquire, self._release = self._lock.acquire, self._lock.release
        self._moved = threading.Condition(self._lock)
        self._depth = 0
        self._afterwards: list[Callable[[], object]] = []
        """What is to be done as soon as the reader is free."""

    def __enter__(self) -> object:
        if not self._acquire(True, LOCK_TIMEOUT_S):  # noqa: FBT003 - faster than by name
            raise RuntimeError(f"the reader has been held for {LOCK_TIMEOUT_S:.0f} s")
        self._depth += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._depth -= 1
        try:
            if self._depth == 0:
                self._settle()
        finally:
            self._release()
        if self._afterwards and self._depth == 0:  # a thread that holds it now does it then
            self._do_afterwards()

    def _do_afterwards(self) -> None:
        while self._afterwards:
            try:
                work = self._afterwards.pop(0)
            except IndexError:
                return  # another thread has taken it
            work()

    def let_go(self) -> int:
        """Leave the reader free for others; returns how often it was held."""
        held, self._depth = self._depth, 0
        self._settle()
        self._leave()
        for _ in range(held):
            self._release()
        return held

    def take_again(self, held: int) -> None:
        """Take the reader as often as it was held."""
        for _ in range(held):
            self._acquire()
        self._depth = held
        self._come_back()

    def _settle(self) -> None:
        """Deliver what the reader has put out. Called with the lock held, before it is let go."""
        raise NotImplementedError

    def _leave(self) -> None:
        """Called before this thread computes for a card."""

    def _come_back(self) -> None:
        """Called when it has done so and holds the lock again."""
