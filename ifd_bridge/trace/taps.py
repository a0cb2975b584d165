"""Where events come from: a driver that tells what it was asked, and a reader's own tap.

Nobody listens most of the time, so each call asks the stream first and does nothing else then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from ifd_bridge.ifd import Answer, Function, SlotDriver

from . import events
from .events import Answered, Called, CommandSent, Event, ResponseReceived, Stream

_TRANSLATED: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event)
}


class TracedDriver:
    """A SlotDriver around another one: each call and its answer become events."""

    def __init__(self, driver: SlotDriver, stream: Stream, reader: str, slot: int) -> None:
        self._driver, self._stream, self._reader, self._slot = driver, stream, reader, slot

    def get_capabilities(self, tag: int) -> Answer:
        """See SlotDriver."""
        if not self._stream:
            return self._driver.get_capabilities(tag)
        return self._tell(
            Function.GET_CAPABILITIES, tag, b"", lambda: self._driver.get_capabilities(tag)
        )

    def set_capabilities(self, tag: int, value: bytes) -> Answer:
        """See SlotDriver."""
        if not self._stream:
            return self._driver.set_capabilities(tag, value)
        return self._tell(
            Function.SET_CAPABILITIES,
            tag,
            value,
            lambda: self._driver.set_capabilities(tag, value),
        )

    def set_protocol_parameters(self, protocol: int) -> Answer:
        """See SlotDriver."""
        if not self._stream:
            return self._driver.set_protocol_parameters(protocol)
        return self._tell(
            Function.SET_PROTOCOL_PARAMETERS,
            protocol,
            b"",
            lambda: self._driver.set_protocol_parameters(protocol),
        )

    def power_icc(self, action: int) -> Answer:
        """See SlotDriver."""
        if not self._stream:
            return self._driver.power_icc(action)
        return self._tell(Function.POWER_ICC, action, b"", lambda: self._driver.power_icc(action))

    def transmit_to_icc(self, command: bytes, protocol: int) -> Answer:
        """See SlotDriver."""
        if not self._stream:
            return self._driver.transmit_to_icc(command, protocol)
        return self._tell(
            Function.TRANSMIT_TO_ICC,
            protocol,
            command,
            lambda: self._driver.transmit_to_icc(command, protocol),
        )

    def control(self, code: int, data: bytes) -> Answer:
        """See SlotDriver."""
        if not self._stream:
            return self._driver.control(code, data)
        return self._tell(Function.CONTROL, code, data, lambda: self._driver.control(code, data))

    def _tell(
        self, function: Function, number: int, data: bytes, work: Callable[[], Answer]
    ) -> Answer:
        stream, place = self._stream, (self._reader, self._slot)
        stream(Called(stream.now(), *place, function, number, data))
        start = time.perf_counter()
        answer = work()
        took = time.perf_counter() - start
        stream(Answered(stream.now(), *place, function, number, answer.code, answer.data, took))
        return answer


_NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(
        field.name
        for field in fields(kind)
        if field.name not in ("at", "reader", "slot", "seconds")
    )
    for name, kind in _TRANSLATED.items()
}
"""The fields that a reader's event has, but its slot."""


class ReaderTap:
    """The `tap` of a reader: puts its events into the stream, with time and name.

    A reader's events have the names and fields of ours, without time and reader.
    """

    def __init__(self, stream: Stream, reader: str) -> None:
        self._stream, self._reader = stream, reader
        self._sent: dict[int, float] = {}

    def __call__(self, told: Any) -> None:
        """Pass on one event of the reader; one of a kind that has no name here is left out."""
        stream = self._stream
        kind = _TRANSLATED.get(type(told).__name__)
        if not stream or kind is None:
            return
        now = stream.now()
        values = {name: getattr(told, name) for name in _NAMES[kind.__name__]}
        slot = told.slot
        if kind is CommandSent:
            self._sent[slot] = now
        elif kind is ResponseReceived:
            values["seconds"] = max(0.0, now - self._sent.pop(slot, now))
        stream(kind(now, self._reader, slot, **values))
