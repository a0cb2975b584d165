"""Captures of a running world: its readers on a bus, and the file of their traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from readers.ccid.descriptor import Descriptor
from readers.models.model import Model

from ..system import threads
from ..system.written_file import WrittenFile
from .backlog import Backlog
from .capture import Capture
from .events import Event, Tap
from .stream import Stream

WAITING_EVENTS = 50_000
END_S = 5.0

Listed = Sequence[dict[str, Any]]


def identify(listed: Callable[[], Listed]) -> Callable[[str], Model | None]:
    """Tells what a reader is by its name, from the world's `list`."""

    def find(name: str) -> Model | None:
        for reader in listed():
            if reader["name"] == name:
                return model(name, **reader["usb"])
        return None

    return find


def model(name: str, ccid: str, **facts: Any) -> Model:
    """The model of which the world's `list` tells the class descriptor (hex) and other fields."""
    return Model(name, descriptor=Descriptor.parse(bytes.fromhex(ccid)), **facts)


class Background:
    """A tap that passes events on in a thread of its own, so that a slow file delays nothing else.

    Events beyond the backlog are dropped. The first failure is logged.
    """

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._backlog = Backlog(WAITING_EVENTS)
        self._thread = threads.start("vcard-capture", self._work, self._backlog.close)

    def __call__(self, event: Event) -> None:
        """Take an event; BrokenPipeError when the reader has gone."""
        self._backlog(event)

    def close(self) -> None:
        """Pass on what waits, for a bounded time."""
        self._backlog.close()
        self._thread.join(END_S)

    def _work(self) -> None:
        try:
            for batch in self._backlog.batches():
                for event in batch:
                    self._tap(event)
        except BrokenPipeError:
            pass  # the reader of the pipe has ended
        self._backlog.close()


@contextmanager
def captured(
    stream: Stream,
    models: Mapping[str, Model],
    path: str,
    *,
    pins: bool = False,
    limit: int | None = None,
) -> Iterator[WrittenFile]:
    """Capture the events of readers, by name, to a file as long as the context lasts."""
    with WrittenFile(path, limit=limit) as file:
        capture = Capture(file, models.get)
        for name in models:
            capture.plug(name, stream.now())
        background = Background(capture)
        stream.add(background, pins=pins, calls=False)
        try:
            yield file
        finally:
            stream.remove(background)
            background.close()
