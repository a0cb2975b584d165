"""The bytes of usbredir, without I/O: our side has the device (usb-host), the other the machine.

A message is a header (type, length, id), a header of its type, and data; all is little-endian. What
both sides announce as capabilities changes the headers.

Spec: usbredir, docs/usb-redirection-protocol.md, version 0.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from struct import Struct, pack

from readers import Model
from readers.models.model import TransferType
from readers.usb.descriptors import PACKET_0
from readers.usb.hid import HID_CLASS, HID_IN, HID_INTERFACE, HID_OUT, INTERVAL_MS, REPORT


class Type(IntEnum):
    """The type of a message."""

    HELLO = 0
    DEVICE_CONNECT = 1
    DEVICE_DISCONNECT = 2
    RESET = 3
    INTERFACE_INFO = 4
    EP_INFO = 5
    SET_CONFIGURATION = 6
    GET_CONFIGURATION = 7
    CONFIGURATION_STATUS = 8
    SET_ALT_SETTING = 9
    GET_ALT_SETTING = 10
    ALT_SETTING_STATUS = 11
    START_INTERRUPT_RECEIVING = 15
    STOP_INTERRUPT_RECEIVING = 16
    INTERRUPT_RECEIVING_STATUS = 17
    CANCEL_DATA_PACKET = 21
    FILTER_REJECT = 22
    FILTER_FILTER = 23
    DEVICE_DISCONNECT_ACK = 24
    CONTROL_PACKET = 100
    BULK_PACKET = 101
    INTERRUPT_PACKET = 103


class Cap(IntEnum):
    """Bits of the capabilities; both sides must have one for it to count."""

    DEVICE_VERSION = 1
    FILTER = 2
    DISCONNECT_ACK = 3
    MAX_PACKET_SIZE = 4
    IDS_64 = 5
    BULK_32 = 6


class Status(IntEnum):
    """The result of a transfer."""

    SUCCESS = 0
    CANCELLED = 1
    INVALID = 2
    STALL = 4
    BABBLE = 6


OURS = sum(1 << cap for cap in Cap)
FULL_SPEED = 1
NO_TYPE = 255
VERSION_SIZE, ENDPOINTS = 64, 32
LONGEST = 1 << 20
"""Bytes of a message after its header: more than any guest sends."""
NARROW, WIDE = Struct("<III"), Struct("<IIQ")
CONTROL, INTERRUPT = Struct("<BBBBHHH"), Struct("<BBH")
BULK, BULK_WIDE = Struct("<BBHI"), Struct("<BBHIH")
SIZES = {
    Type.HELLO: VERSION_SIZE,
    Type.RESET: 0,
    Type.SET_CONFIGURATION: 1,
    Type.GET_CONFIGURATION: 0,
    Type.SET_ALT_SETTING: 2,
    Type.GET_ALT_SETTING: 1,
    Type.START_INTERRUPT_RECEIVING: 1,
    Type.STOP_INTERRUPT_RECEIVING: 1,
    Type.CANCEL_DATA_PACKET: 0,
    Type.FILTER_REJECT: 0,
    Type.FILTER_FILTER: 0,
    Type.DEVICE_DISCONNECT_ACK: 0,
    Type.CONTROL_PACKET: CONTROL.size,
    Type.BULK_PACKET: BULK.size,
    Type.INTERRUPT_PACKET: INTERRUPT.size,
}
"""The messages that a guest sends to a device like ours, and how long each is at least."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the guest; `token` is its id."""

    type: Type
    token: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Bulk:
    """The header of a bulk packet, and its data."""

    endpoint: int
    status: int
    length: int
    data: bytes = b""
    stream: int = 0


class Parser:
    """Bytes in, messages out. ValueError if they are not usbredir."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.caps: int | None = None
        """Capabilities of both sides; None before the hello."""
        self.version = ""
        """The guest's own name."""

    def has(self, cap: Cap) -> bool:
        """True if both sides can do it."""
        return bool((self.caps or 0) >> cap & 1)

    @property
    def _header(self) -> Struct:
        return WIDE if self.has(Cap.IDS_64) else NARROW

    @property
    def _bulk(self) -> Struct:
        return BULK_WIDE if self.has(Cap.BULK_32) else BULK

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that are complete now; the first one is the hello."""
        self._buffer += data
        while message := self._next():
            yield message

    def _next(self) -> Message | None:
        header = self._header
        if len(self._buffer) < header.size:
            return None
        number, length, token = header.unpack_from(self._buffer)
        kind = self._checked(number, length)
        end = header.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[header.size : end])
        del self._buffer[:end]
        if kind is Type.HELLO:
            self._greeted(body)
        return Message(kind, token, body)

    def _checked(self, number: int, length: int) -> Type:
        if number not in set(Type) or (kind := Type(number)) not in SIZES:
            raise ValueError(f"offset 0: a guest sends no message of type {number}")
        if (kind is Type.HELLO) != (self.caps is None):
            raise ValueError("offset 0: a hello comes first, and once")
        if not SIZES[kind] <= length <= LONGEST:
            raise ValueError(f"offset 4: {kind.name} has no {length} bytes")
        return kind

    def _greeted(self, body: bytes) -> None:
        self.version = body[:VERSION_SIZE].split(b"\0")[0].decode("latin-1")
        word = body[VERSION_SIZE : VERSION_SIZE + 4].ljust(4, b"\0")
        self.caps = OURS & int.from_bytes(word, "little")

    # What both sides write alike

    def pack(self, kind: Type, token: int = 0, body: bytes = b"") -> bytes:
        """A message to send."""
        return self._header.pack(kind, len(body), token) + body

    def bulk(self, body: bytes) -> Bulk:
        """Read a bulk packet; ValueError if it is shorter than its header."""
        header = self._bulk
        if len(body) < header.size:
            raise ValueError(f"offset 4: a bulk packet has no {len(body)} bytes")
        endpoint, status, length, stream, *high = header.unpack_from(body)
        whole = length | (high[0] << 16 if high else 0)
        return Bulk(endpoint, status, whole, body[header.size :], stream)

    def pack_bulk(self, token: int, bulk: Bulk) -> bytes:
        """A bulk packet to send."""
        fields = [bulk.endpoint, bulk.status, bulk.length & 0xFFFF, bulk.stream]
        if self.has(Cap.BULK_32):
            fields.append(bulk.length >> 16)
        return self.pack(Type.BULK_PACKET, token, self._bulk.pack(*fields) + bulk.data)


def hello() -> bytes:
    """The first message; its header has a short id whatever will be agreed on."""
    body = b"vcard".ljust(VERSION_SIZE, b"\0") + pack("<I", OURS)
    return NARROW.pack(Type.HELLO, len(body), 0) + body


def interface_info(models: Sequence[Model], *, hid: bool = False) -> bytes:
    """The body with the interfaces: number, class, subclass and protocol of each."""
    rows = [
        (
            each.interface_number,
            each.interface_class,
            each.interface_subclass,
            each.interface_protocol,
        )
        for each in models
    ]
    if hid:
        rows.append((HID_INTERFACE, HID_CLASS, 0, 0))
    columns = (bytes(each).ljust(ENDPOINTS, b"\0") for each in zip(*rows, strict=True))
    return pack("<I", len(rows)) + b"".join(columns)


_Row = tuple[int, int, int, int, int]
"""Describe an endpoint: interface, address, kind, packet size in bytes, interval."""
_OF_DEVICE: list[_Row] = [
    (0, address, TransferType.CONTROL, PACKET_0, 0) for address in (0x00, 0x80)
]
_OF_HID: list[_Row] = [
    (HID_INTERFACE, address, TransferType.INTERRUPT, REPORT, INTERVAL_MS)
    for address in (HID_OUT, HID_IN)
]


def _of_reader(model: Model) -> list[_Row]:
    return [
        (model.interface_number, one.address, one.kind, one.packet_size, one.interval)
        for one in model.endpoints
    ]


def endpoint_info(models: Sequence[Model], *, sizes: bool, hid: bool = False) -> bytes:
    """The body with the endpoints, with their packet sizes where the guest knows these."""
    types, intervals = bytearray([NO_TYPE] * ENDPOINTS), bytearray(ENDPOINTS)
    interfaces, packets = bytearray(ENDPOINTS), [0] * ENDPOINTS
    rows = [*_OF_DEVICE, *chain.from_iterable(map(_of_reader, models)), *(_OF_HID if hid else ())]
    for interface, address, kind, size, interval in rows:
        at = (address & 0x80) >> 3 | address & 0x0F
        types[at], packets[at], intervals[at] = kind, size, interval
        interfaces[at] = interface
    body = bytes(types) + bytes(intervals) + bytes(interfaces)
    return body + (pack(f"<{ENDPOINTS}H", *packets) if sizes else b"")


def device_connect(model: Model, *, version: bool) -> bytes:
    """The body with the device, with its release where the guest knows that."""
    body = pack("<BBBBHH", FULL_SPEED, 0, 0, 0, model.vendor_id, model.product_id)
    return body + (pack("<H", model.bcd_device) if version else b"")
