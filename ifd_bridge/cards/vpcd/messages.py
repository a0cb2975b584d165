"""The messages between a virtual reader (vpcd) and a virtual card (vpicc), as bytes.

Each message is a length of two bytes, big endian, and that many bytes. From the reader, one byte
is a control code; anything longer is a command APDU. From the card comes the ATR, when asked for,
or the response APDU. No socket is touched here.
"""

from __future__ import annotations

from enum import IntEnum

PORT = 35963
"""The default port of vpcd (8C7Bh)."""

MAX_PAYLOAD = 0xFFFF
ATR_SIZES = range(2, 34)


class Control(IntEnum):
    """The control codes, the one-byte messages of the reader."""

    POWER_OFF = 0
    POWER_ON = 1
    RESET = 2
    GET_ATR = 4


def message(payload: bytes) -> bytes:
    """Frame 0..65535 bytes; ValueError if there are more."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"the vpcd protocol carries {MAX_PAYLOAD} bytes, not {len(payload)}")
    return len(payload).to_bytes(2, "big") + payload


class Unframer:
    """Cuts a byte stream into payloads."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def empty(self) -> bool:
        """True between two messages."""
        return not self._buffer

    def feed(self, data: bytes) -> None:
        """Add bytes as they came."""
        self._buffer += data

    def next(self) -> bytes | None:
        """The next whole payload, or None."""
        if len(self._buffer) < 2:
            return None
        end = 2 + int.from_bytes(self._buffer[:2], "big")
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[2:end])
        del self._buffer[:end]
        return payload
