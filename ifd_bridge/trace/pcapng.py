"""Capture files in the pcapng format, the part that packets need.

Four kinds of blocks and two options: less than what a library for it would bring along.
Spec: IETF draft-ietf-opsawg-pcapng, 4.1 to 4.3.
"""

from __future__ import annotations

import struct
from typing import Protocol

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
BYTE_ORDER = 0x1A2B3C4D
END_OF_OPTIONS, COMMENT, NAME, APPLICATION = 0, 1, 2, 4


class Sink(Protocol):
    """The target of a capture: a file, a pipe."""

    def write(self, raw: bytes, /) -> object:
        """Take all of the bytes."""

    def flush(self) -> object:
        """Pass them on."""


class PcapngWriter:
    """Writes one section with one interface; each packet is complete when `packet` returns."""

    def __init__(self, file: Sink, link_type: int, interface: str, application: str) -> None:
        self._file = file
        version = struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1)
        self._write(SECTION, version, {APPLICATION: application})
        self._write(INTERFACE, struct.pack("<HHI", link_type, 0, 0), {NAME: interface})
        self._file.flush()

    def packet(self, raw: bytes, at: float, comment: str = "", withheld: int = 0) -> None:
        """Write a packet seen `at` seconds since the epoch, with a comment if there is one.

        `withheld` bytes more were on the wire.
        """
        microseconds = round(at * 1_000_000)
        sizes = len(raw), len(raw) + withheld
        head = struct.pack("<IIIII", 0, microseconds >> 32, microseconds & 0xFFFFFFFF, *sizes)
        self._write(PACKET, head + raw + padding(raw), {COMMENT: comment})
        self._file.flush()

    def _write(self, kind: int, body: bytes, options: dict[int, str]) -> None:
        encoded = {code: text.encode() for code, text in options.items() if text}
        for code, value in encoded.items():
            body += struct.pack("<HH", code, len(value)) + value + padding(value)
        if encoded:
            body += struct.pack("<HH", END_OF_OPTIONS, 0)
        size = struct.pack("<I", len(body) + 12)
        self._file.write(struct.pack("<I", kind) + size + body + size)


def padding(raw: bytes) -> bytes:
    """Zeros up to the next multiple of four."""
    return bytes(-len(raw) % 4)
