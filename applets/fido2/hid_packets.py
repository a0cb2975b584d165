"""CTAPHID packets: messages split into reports of 64 bytes and reassembled.

Spec: CTAP 2.1, 11.2.4 (packets), 11.2.9 (commands).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, unique

REPORT = 64
BROADCAST = 0xFFFFFFFF
_FIRST, _NEXT = 57, 59
LONGEST = _FIRST + 128 * _NEXT
"""The longest message: 128 continuation packets."""
_INITIALIZATION = 0x80
VENDOR = range(0x40, 0x80)
"""Vendor-specific commands."""


@unique
class Command(IntEnum):
    """Commands, without the bit that marks an initialization packet."""

    PING = 0x01
    MSG = 0x03
    LOCK = 0x04
    INIT = 0x06
    WINK = 0x08
    CBOR = 0x10
    CANCEL = 0x11
    KEEPALIVE = 0x3B
    ERROR = 0x3F


@unique
class Error(IntEnum):
    """The codes of CTAPHID_ERROR."""

    INVALID_CMD = 0x01
    INVALID_PAR = 0x02
    INVALID_LEN = 0x03
    INVALID_SEQ = 0x04
    MSG_TIMEOUT = 0x05
    CHANNEL_BUSY = 0x06
    LOCK_REQUIRED = 0x0A
    INVALID_CHANNEL = 0x0B
    OTHER = 0x7F


class HidError(Exception):
    """A packet is refused with this error."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.name)
        self.error = error


@dataclass(frozen=True, slots=True)
class Packet:
    """A report: the channel, the command or sequence number, and what follows."""

    channel: int
    code: int
    body: bytes

    @classmethod
    def parse(cls, report: bytes) -> Packet:
        """Parse a report; pad or truncate one that is not 64 bytes long."""
        raw = report[:REPORT].ljust(REPORT, b"\0")
        return cls(int.from_bytes(raw[:4], "big"), raw[4], raw[5:])

    @property
    def first(self) -> bool:
        """Whether it is an initialization packet."""
        return bool(self.code & _INITIALIZATION)

    @property
    def command(self) -> int:
        """The command of an initialization packet."""
        return self.code & ~_INITIALIZATION

    @property
    def length(self) -> int:
        """The length of the message that an initialization packet begins, in bytes."""
        return int.from_bytes(self.body[:2], "big")


def reports(channel: int, command: int, data: bytes = b"") -> Iterator[bytes]:
    """Split a message into reports."""
    head = struct.pack(">IBH", channel, command | _INITIALIZATION, len(data))
    yield (head + data[:_FIRST]).ljust(REPORT, b"\0")
    for number, start in enumerate(range(_FIRST, len(data), _NEXT)):
        head = struct.pack(">IB", channel, number)
        yield (head + data[start : start + _NEXT]).ljust(REPORT, b"\0")


class Assembly:
    """An incoming message; `add` its continuation packets until it is `whole`."""

    def __init__(self, packet: Packet, now: float) -> None:
        if packet.length > LONGEST:
            raise HidError(Error.INVALID_LEN)
        self.channel = packet.channel
        self.command = packet.command
        self.last = now
        """The time of the latest packet."""
        self._length = packet.length
        self._data = packet.body[2:]
        self._sequence = 0

    def add(self, packet: Packet, now: float) -> None:
        """Add a continuation packet; HidError INVALID_SEQ if it is not the next one."""
        if packet.code != self._sequence:
            raise HidError(Error.INVALID_SEQ)
        self._sequence += 1
        self._data += packet.body
        self.last = now

    @property
    def whole(self) -> bool:
        """Whether the message is complete."""
        return len(self._data) >= self._length

    @property
    def data(self) -> bytes:
        """The message."""
        return self._data[: self._length]
