"""The bytes of USB/IP, without I/O.

A connection begins with one operation, a list or an import. After an import, URBs follow.

Spec: Linux, Documentation/usb/usbip_protocol.rst, version 1.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, pack

from readers import Model
from readers.usb.hid import HID_CLASS

VERSION = 0x0111
PORT = 3240
REQ_DEVLIST, REP_DEVLIST, REQ_IMPORT, REP_IMPORT = 0x8005, 0x0005, 0x8003, 0x0003
CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4
FULL_SPEED = 2
OPERATION = Struct(">HHI")
DEVICE = Struct(">256s32sIIIHHHBBBBBB")
URB = Struct(">IIIIIIiIII8s")
"""command, seqnum, devid, direction, ep; flags, length, start, packets, interval, setup."""
RETURN = Struct(">IIIIIiIIII8x")
BUSID_SIZE = 32
EPIPE, ECONNRESET, EOVERFLOW = -32, -104, -75
LONGEST = 1 << 20
"""Bytes of a transfer: more than any host asks for at once."""


class Status(IntEnum):
    """Status of an import. The numbers are those of Linux' usbip tools."""

    OK = 0
    NOT_AVAILABLE = 1
    DEVICE_BUSY = 2
    NO_DEVICE = 4


@dataclass(frozen=True, slots=True)
class Operation:
    """The first message of a connection: `code`, and the bus id for an import."""

    code: int
    busid: bytes = b""


@dataclass(frozen=True, slots=True)
class Urb:
    """A transfer that the host wants: at most `length` bytes, or `data`."""

    seqnum: int
    endpoint: int
    length: int
    setup: bytes
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Unlink:
    """The host does not want the transfer `victim` any more."""

    seqnum: int
    victim: int


class Parser:
    """Bytes in, requests out. ValueError if they are not USB/IP."""

    def __init__(self, *, imported: bool = False) -> None:
        self._buffer = bytearray()
        self.imported = imported
        """True after an import: URBs follow."""

    def feed(self, data: bytes) -> Iterator[Operation | Urb | Unlink]:
        """Yield the requests that are complete now."""
        self._buffer += data
        while item := self._urb() if self.imported else self._operation():
            yield item

    def _operation(self) -> Operation | None:
        if len(self._buffer) < OPERATION.size:
            return None
        version, code, _ = OPERATION.unpack_from(self._buffer)
        if version != VERSION:
            raise ValueError(f"offset 0: USB/IP {version:04x} is not {VERSION:04x}")
        if code not in (REQ_DEVLIST, REQ_IMPORT):
            raise ValueError(f"offset 2: {code:04x} is no request")
        size = OPERATION.size + (BUSID_SIZE if code == REQ_IMPORT else 0)
        if len(self._buffer) < size:
            return None
        return Operation(code, self._take(size)[OPERATION.size :].rstrip(b"\0"))

    def _urb(self) -> Urb | Unlink | None:
        if len(self._buffer) < URB.size:
            return None
        command, seqnum, _, direction, number, flags, length, *_, setup = URB.unpack_from(
            self._buffer
        )
        if command == CMD_UNLINK:
            self._take(URB.size)
            return Unlink(seqnum, flags)
        if command != CMD_SUBMIT:
            raise ValueError(f"offset 0: {command} is no command")
        if not 0 <= length <= LONGEST or number > 15 or direction > 1:
            raise ValueError(f"offset 12: no URB: endpoint {number}, {length} bytes")
        size = URB.size + (0 if direction else length)
        if len(self._buffer) < size:
            return None
        data = self._take(size)[URB.size :]
        return Urb(seqnum, number | direction << 7, length, setup, data)

    def _take(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


@dataclass(frozen=True, slots=True)
class Exported:
    """A device that can be attached."""

    number: int
    models: Sequence[Model]
    configuration: int = 0
    hid: bool = False
    """Whether it has a HID interface beside the reader's own."""

    @property
    def model(self) -> Model:
        """The model of its first interface, which says all that concerns the device."""
        return self.models[0]

    @property
    def interfaces(self) -> list[tuple[int, int, int]]:
        """Class, subclass and protocol of each interface."""
        of_readers = [
            (each.interface_class, each.interface_subclass, each.interface_protocol)
            for each in self.models
        ]
        return [*of_readers, *([(HID_CLASS, 0, 0)] if self.hid else [])]

    @property
    def busid(self) -> bytes:
        """Return its name, as `usbip attach -b` takes it."""
        return f"1-{self.number + 1}".encode()

    @property
    def devid(self) -> int:
        """Bus number and device number in one word."""
        return 1 << 16 | self.number + 2

    def __bytes__(self) -> bytes:
        model = self.model
        return DEVICE.pack(
            b"/sys/devices/vcard/usb1/" + self.busid,
            self.busid,
            self.devid >> 16,
            self.devid & 0xFFFF,
            FULL_SPEED,
            model.vendor_id,
            model.product_id,
            model.bcd_device,
            *(0, 0, 0),  # the class is the interface's
            self.configuration,
            *(1, len(self.interfaces)),
        )


def device_list(devices: list[Exported]) -> bytes:
    """The answer to a list: each device with the classes of its interfaces."""
    body = b"".join(
        bytes(device) + b"".join(bytes((*each, 0)) for each in device.interfaces)
        for device in devices
    )
    return OPERATION.pack(VERSION, REP_DEVLIST, Status.OK) + pack(">I", len(devices)) + body


def import_reply(status: Status, device: Exported | None = None) -> bytes:
    """The answer to an import; the device comes with a good one only."""
    return OPERATION.pack(VERSION, REP_IMPORT, status) + (bytes(device) if device else b"")


def submitted(seqnum: int, status: int, length: int, data: bytes = b"") -> bytes:
    """The answer to a transfer: `length` bytes moved, `data` if they move to the host."""
    return RETURN.pack(RET_SUBMIT, seqnum, 0, 0, 0, status, length, 0, 0, 0) + data


def unlinked(seqnum: int, *, waited: bool) -> bytes:
    """The answer to an unlink: -104 if the transfer was cancelled, 0 if it had ended already."""
    status = ECONNRESET if waited else 0
    return RETURN.pack(RET_UNLINK, seqnum, 0, 0, 0, status, 0, 0, 0, 0)
