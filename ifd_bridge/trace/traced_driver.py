"""A driver that reports its calls to the trace.

Usually the trace is off, so each call asks the stream first and does nothing more then.
"""

from __future__ import annotations

from collections.abc import Callable

from ifd_bridge.ifdh.api import Answer, Function, SlotDriver

from .events import Answered, Called
from .stream import Stream


class TracedDriver:
    """A SlotDriver around another one: each call and its answer become events."""

    def __init__(self, driver: SlotDriver, stream: Stream, reader: str, slot: int) -> None:
        self._driver, self._stream, self._slot = driver, stream, slot
        self._say = stream.teller(reader)

    def get_capabilities(self, tag: int) -> Answer:
        """See SlotDriver."""
        if not self._stream.calls:
            return self._driver.get_capabilities(tag)
        return self._tell(
            Function.GET_CAPABILITIES, tag, b"", lambda: self._driver.get_capabilities(tag)
        )

    def set_capabilities(self, tag: int, value: bytes) -> Answer:
        """See SlotDriver."""
        if not self._stream.calls:
            return self._driver.set_capabilities(tag, value)
        return self._tell(
            Function.SET_CAPABILITIES,
            tag,
            value,
            lambda: self._driver.set_capabilities(tag, value),
        )

    def set_protocol_parameters(self, protocol: int) -> Answer:
        """See SlotDriver."""
        if not self._stream.calls:
            return self._driver.set_protocol_parameters(protocol)
        return self._tell(
            Function.SET_PROTOCOL_PARAMETERS,
            protocol,
            b"",
            lambda: self._driver.set_protocol_parameters(protocol),
        )

    def power_icc(self, action: int) -> Answer:
        """See SlotDriver."""
        if not self._stream.calls:
            return self._driver.power_icc(action)
        return self._tell(Function.POWER_ICC, action, b"", lambda: self._driver.power_icc(action))

    def transmit_to_icc(self, command: bytes, protocol: int) -> Answer:
        """See SlotDriver."""
        if not self._stream.calls:
            return self._driver.transmit_to_icc(command, protocol)
        return self._tell(
            Function.TRANSMIT_TO_ICC,
            protocol,
            command,
            lambda: self._driver.transmit_to_icc(command, protocol),
        )

    def control(self, code: int, data: bytes) -> Answer:
        """See SlotDriver."""
        if not self._stream.calls:
            return self._driver.control(code, data)
        return self._tell(Function.CONTROL, code, data, lambda: self._driver.control(code, data))

    def _tell(
        self, function: Function, number: int, data: bytes, work: Callable[[], Answer]
    ) -> Answer:
        self._say(Called(self._slot, function, number, data))
        answer = work()
        self._say(Answered(self._slot, function, number, answer.code, answer.data))
        return answer
