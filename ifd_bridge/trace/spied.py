"""Captures of a running world: what its readers are on the bus, and a file that can be a pipe."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from readers.descriptor import Descriptor
from readers.model import Model

from .capture import Capture
from .events import Event, Stream, Tap

WAITING_EVENTS = 20_000
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


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The capture file: `-` is stdout; a named pipe is opened when somebody reads it."""
    if path == "-":
        yield sys.stdout.buffer
        return
    with Path(path).open("wb") as file:
        yield file


class Background:
    """A tap that passes events on in a thread of its own, so that a slow file stops no card.

    What comes while `WAITING_EVENTS` wait already is left out and counted in `lost`.
    """

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._waiting: queue.Queue[Event | None] = queue.Queue(WAITING_EVENTS)
        self.lost = 0
        self._thread = threading.Thread(target=self._work, name="vcard-capture", daemon=True)
        self._thread.start()

    def __call__(self, event: Event) -> None:
        """Take an event; ends by itself when nobody wants more."""
        if not self._thread.is_alive():
            raise BrokenPipeError("nobody reads the capture any more")
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Pass on what waits, for a bounded time."""
        try:
            self._waiting.put(None, timeout=END_S)
        except queue.Full:
            return
        self._thread.join(END_S)

    def _work(self) -> None:
        while (event := self._waiting.get()) is not None:
            try:
                self._tap(event)
            except OSError:
                return


@contextmanager
def captured(
    stream: Stream, listed: Callable[[], Listed], path: str, *, pins: bool = False
) -> Iterator[None]:
    """Capture a stream's events to a file as long as the context lasts."""
    with opened(path) as file:
        capture = Capture(file, identify(listed), pins=pins)
        for reader in listed():
            capture.plug(reader["name"], stream.now())
        background = Background(capture)
        stream.add(background)
        try:
            yield
        finally:
            stream.remove(background)
            background.close()
