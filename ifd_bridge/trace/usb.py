"""A reader as a USB device on a spied bus: its descriptors and its transfers.

Specs: USB 2.0, 9.6 (descriptors); USB CCID 1.1, 5; Linux, Documentation/usb/usbmon.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

LINKTYPE_USB_LINUX_MMAPPED = 220

BULK_OUT, BULK_IN, INTERRUPT_IN = 0x01, 0x82, 0x83
"""The endpoint addresses; 80 means IN."""
IN = 0x80
DEVICE, CONFIGURATION, STRING, INTERFACE, ENDPOINT = 1, 2, 3, 4, 5
GET_DESCRIPTOR = 6
MANUFACTURER, PRODUCT, SERIAL, NAME = 1, 2, 3, 4
ENGLISH = 0x0409
PACKET_SIZE = 64
IN_PROGRESS = -115


class Transfer(IntEnum):
    """The kind of a transfer, as usbmon numbers them."""

    INTERRUPT = 1
    CONTROL = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class Identity:
    """What a device says of itself; `ccid` is its class descriptor of 54 bytes."""

    name: str
    ccid: bytes
    vendor_id: int = 0x1209
    product_id: int = 0x7001
    bcd_device: int = 0x0100
    manufacturer: str = ""
    product: str = ""
    serial: str = ""

    def device(self) -> bytes:
        """The device descriptor, 18 bytes."""
        return struct.pack(
            "<BBHBBBBHHHBBBB", 18, DEVICE, 0x0200, 0, 0, 0, PACKET_SIZE, self.vendor_id,
            self.product_id, self.bcd_device, *(self._index(i) for i in (1, 2, 3)), 1,
        )  # fmt: skip

    def configuration(self) -> bytes:
        """The configuration with its interface, class and endpoint descriptors."""
        interface = struct.pack("<9B", 9, INTERFACE, 0, 0, 3, 0x0B, 0, 0, 0)
        endpoints = [
            struct.pack("<BBBBHB", 7, ENDPOINT, address, kind, PACKET_SIZE, interval)
            for address, kind, interval in (
                (BULK_OUT, 2, 0), (BULK_IN, 2, 0), (INTERRUPT_IN, 3, 10),
            )
        ]  # fmt: skip
        body = interface + self.ccid + b"".join(endpoints)
        return struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9 + len(body), 1, 1, 0, 0x80, 50) + body

    def strings(self) -> Iterator[tuple[int, bytes]]:
        """The string descriptors with their indexes; 0 names the language."""
        yield 0, struct.pack("<BBH", 4, STRING, ENGLISH)
        for index, text in self._texts().items():
            if text:
                raw = text[:126].encode("utf-16-le")
                yield index, struct.pack("<BB", 2 + len(raw), STRING) + raw

    def _texts(self) -> dict[int, str]:
        return {MANUFACTURER: self.manufacturer, PRODUCT: self.product, SERIAL: self.serial}

    def _index(self, index: int) -> int:
        return index if self._texts()[index] else 0


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
        yield self._packet(number, "S", Transfer.CONTROL, IN, at, length=length, setup=setup)
        yield self._packet(number, "C", Transfer.CONTROL, IN, at, answer)

    def get_descriptor(
        self, kind: int, index: int, language: int, raw: bytes, at: float
    ) -> Iterator[bytes]:
        """GET_DESCRIPTOR for as many bytes as there are."""
        setup = struct.pack("<BBHHH", 0x80, GET_DESCRIPTOR, kind << 8 | index, language, len(raw))
        return self.control_in(setup, raw, at)

    def bulk_out(self, message: bytes, at: float) -> Iterator[bytes]:
        """A message to the device: submitted with its data, completed without."""
        number = self._next()
        yield self._packet(number, "S", Transfer.BULK, BULK_OUT, at, message)
        yield self._packet(number, "C", Transfer.BULK, BULK_OUT, at, length=len(message))

    def bulk_in(self, message: bytes, at: float) -> Iterator[bytes]:
        """A message from the device: asked for, and completed with its data."""
        return self._in(Transfer.BULK, BULK_IN, message, at)

    def interrupt_in(self, message: bytes, at: float) -> Iterator[bytes]:
        """A message of the device's own accord."""
        return self._in(Transfer.INTERRUPT, INTERRUPT_IN, message, at)

    def _in(self, kind: Transfer, endpoint: int, message: bytes, at: float) -> Iterator[bytes]:
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
        kind: Transfer,
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
