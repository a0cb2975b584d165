"""The transfers of a USB device on a spied bus.

Specs: USB 2.0, 9.3 and 9.4.3; Linux, Documentation/usb/usbmon.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from readers.description.bus_packets import Kind
from readers.usb.descriptors import BULK_IN, BULK_OUT, INTERRUPT_IN
from readers.usb.setup import Setup

IN = 0x80
"""The bit of a request or an endpoint address that says: to the host."""
GET_DESCRIPTOR = 6
IN_PROGRESS = -115


@dataclass(slots=True)
class Device:
    """A device at an address (1..127) of a bus; makes the packets of its transfers."""

    address: int
    bus: int = 1
    transfers: int = 0

    def control_in(self, setup: bytes, answer: bytes, at: float) -> Iterator[bytes]:
        """A control request and what comes back: two packets."""
        number = self._next()
        length = int.from_bytes(setup[6:8], "little")
        yield self._packet(number, "S", Kind.CONTROL, IN, at, length=length, setup=setup)
        yield self._packet(number, "C", Kind.CONTROL, IN, at, answer)

    def get_descriptor(  # noqa: PLR0917 - the fields of the request
        self, kind: int, index: int, number: int, raw: bytes, at: float, recipient: int = 0
    ) -> Iterator[bytes]:
        """Build GET_DESCRIPTOR for the whole descriptor; `number` is a language or an interface."""
        setup = Setup(IN | recipient, GET_DESCRIPTOR, kind << 8 | index, number, len(raw))
        return self.control_in(bytes(setup), raw, at)

    def bulk_out(self, message: bytes, at: float) -> Iterator[bytes]:
        """A message to the device: submitted with its data, completed without."""
        return self._out(Kind.BULK, BULK_OUT, message, at)

    def bulk_in(self, message: bytes, at: float) -> Iterator[bytes]:
        """A message from the device: asked for, and completed with its data."""
        return self._in(Kind.BULK, BULK_IN, message, at)

    def interrupt_in(
        self, message: bytes, at: float, endpoint: int = INTERRUPT_IN
    ) -> Iterator[bytes]:
        """A message of the device's own accord, or a report."""
        return self._in(Kind.INTERRUPT, endpoint, message, at)

    def interrupt_out(self, report: bytes, at: float, endpoint: int) -> Iterator[bytes]:
        """A report to the device."""
        return self._out(Kind.INTERRUPT, endpoint, report, at)

    def _out(self, kind: Kind, endpoint: int, message: bytes, at: float) -> Iterator[bytes]:
        number = self._next()
        yield self._packet(number, "S", kind, endpoint, at, message)
        yield self._packet(number, "C", kind, endpoint, at, length=len(message))

    def _in(self, kind: Kind, endpoint: int, message: bytes, at: float) -> Iterator[bytes]:
        number = self._next()
        yield self._packet(number, "S", kind, endpoint, at, length=len(message))
        yield self._packet(number, "C", kind, endpoint, at, message)

    def _next(self) -> int:
        self.transfers += 1
        return self.bus << 48 | self.address << 40 | self.transfers

    def _packet(  # noqa: PLR0917 - the fields of the header
        self,
        number: int,
        event: str,
        kind: Kind,
        endpoint: int,
        at: float,
        data: bytes = b"",
        *,
        length: int = 0,
        setup: bytes = b"",
    ) -> bytes:
        """The 64 bytes that usbmon puts before the data, and the data."""
        seconds = int(at)
        mark = 0 if data else ord("<" if endpoint & IN else ">")
        return struct.pack(
            "<QBBBBHBBqiiII8siiII",
            number, ord(event), kind, endpoint, self.address, self.bus,
            0 if setup else ord("-"), mark, seconds, int((at - seconds) * 1e6),
            IN_PROGRESS if event == "S" else 0, length or len(data), len(data),
            setup, 0, 0, 0, 0,
        ) + data  # fmt: skip
