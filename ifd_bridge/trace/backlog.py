"""Events queued for a thread of its own, so that a slow consumer delays no other part."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Container, Iterator

from .events import Event, Lost, ReaderEvent

PAUSE_S = 0.02


class Backlog:
    """A tap that keeps events until they are taken, and says how many it could not keep.

    Of more than `most` that wait, the newest stay. `kinds` are those to keep (None: all).
    """

    def __init__(self, most: int, kinds: Container[type[ReaderEvent]] | None = None) -> None:
        self.most = most
        self._kinds = kinds
        self._kept: deque[Event] = deque(maxlen=most)
        self._lost = self._told = 0
        self._wake, self._over, self._quiet = threading.Event(), threading.Event(), True

    def __len__(self) -> int:
        """The number of waiting events."""
        return len(self._kept)

    def __call__(self, event: Event) -> None:
        """Keep an event; BrokenPipeError if the reader has gone."""
        if self._kinds is not None and type(event.what) not in self._kinds:
            return
        if self._over.is_set():
            raise BrokenPipeError("nobody wants more events")
        kept = self._kept
        if len(kept) == self.most:
            self._lost += 1
        kept.append(event)
        if self._quiet:
            self._quiet = False
            self._wake.set()

    def batches(self) -> Iterator[list[Event]]:
        """Yield batches of events until `close`, and then those that still wait."""
        while not self._over.is_set():
            self._wake.wait()
            self._wake.clear()
            while batch := self._taken():
                yield batch
                self._over.wait(PAUSE_S)
            self._quiet = True
            if self._kept:  # kept before anybody knew that it is quiet
                self._wake.set()
        if batch := self._taken():
            yield batch

    def close(self) -> None:
        """Keep nothing more; the batches end."""
        self._over.set()
        self._wake.set()

    def _taken(self) -> list[Event]:
        batch = [self._kept.popleft() for _ in range(len(self._kept))]
        lost = self._lost - self._told
        if lost and batch:
            self._told += lost
            batch.insert(0, Event(batch[0].at, "", Lost(0, lost)))
        return batch
