"""The interface device's end of T=0: one TPDU out, procedure bytes and data in.

It asks for as many bytes as libccid does at character level, so that it serves both a reader
(TPDU level) and a driver (character level). APDUs longer than a TPDU, case 4 and 61xx are not
its business: vcard.transmission.apdu_over_t0.
Spec: ISO/IEC 7816-3, 10.3 (command header, procedure bytes).
"""

from __future__ import annotations

from enum import Enum, auto

from .steps import Dead, Done, Send, Step

NULL = 0x60
HEADER = 5
MUTE = "the card is mute"
CONFLICT = "the card sent no procedure byte"
UNFIT = "no TPDU of T=0 is like this"
COUNT = "the card sent another number of bytes than it should"
ENDLESS = "procedure bytes without end"

PATIENCE = 1 << 16
"""The limit of procedure bytes in an exchange: a NULL for each waiting time, and some more."""


class Wait(Enum):
    """The meaning of the next byte from the card."""

    PROCEDURE = auto()
    ONE_BYTE = auto()
    DATA = auto()
    SW2 = auto()


class T0Host:
    """Exchanges one TPDU at a time and keeps no state between them."""

    def __init__(self) -> None:
        self._ins = 0
        self._data = b""
        self._wanted: int | None = None
        self._got = bytearray()
        self._wait = Wait.PROCEDURE
        self._patience = PATIENCE

    def start(self, tpdu: bytes) -> Step:
        """Send the header of a TPDU: 4 bytes (case 1), 5 (case 2), or 5 + P3 (case 3)."""
        header = tpdu[:HEADER].ljust(HEADER, b"\0")
        if len(tpdu) < HEADER - 1 or (len(tpdu) > HEADER and len(tpdu) != HEADER + tpdu[4]):
            return Dead(UNFIT)
        self._ins = tpdu[1]
        if self._ins & 0xF0 in {0x60, 0x90}:
            return Dead(UNFIT)  # not to be told from a status word
        self._data = bytes(tpdu[HEADER:])
        self._wanted = _wanted(tpdu)
        self._got.clear()
        self._wait = Wait.PROCEDURE
        self._patience = PATIENCE
        return Send(header, want=1)

    def receive(self, raw: bytes | None) -> Step:
        """Proceed with what the card sent: exactly the wanted number of bytes, or None."""
        if not raw:
            return Dead(MUTE)
        if self._wait is Wait.PROCEDURE:
            return self._procedure(raw[0])
        self._got += raw
        if self._wait is Wait.ONE_BYTE:
            return self._next_procedure()
        if self._wait is Wait.DATA and len(self._got) != self._wanted:
            return Dead(COUNT)
        return Done(bytes(self._got))

    def _procedure(self, byte: int) -> Step:
        self._patience -= 1
        if self._patience < 0:
            return Dead(ENDLESS)
        if byte == NULL:
            return Send(b"", want=1)
        if byte ^ self._ins in {0, 1}:
            return self._transfer(None)
        if byte ^ self._ins in {0xFF, 0xFE}:
            return self._transfer(1)
        if byte & 0xF0 in {0x60, 0x90}:
            self._got.append(byte)
            self._wait = Wait.SW2
            return Send(b"", want=1)
        return Dead(CONFLICT)

    def _transfer(self, count: int | None) -> Step:
        """Transfer all remaining data, or one byte, in the direction of the TPDU."""
        if self._wanted is None:
            piece, self._data = self._data[:count], self._data[len(self._data[:count]) :]
            return Send(piece, want=1)
        left = self._wanted - len(self._got)
        if count is None or left <= 2:
            self._wait = Wait.DATA
            return Send(b"", want=left)
        self._wait = Wait.ONE_BYTE
        return Send(b"", want=1)

    def _next_procedure(self) -> Step:
        self._wait = Wait.PROCEDURE
        return Send(b"", want=1)


def _wanted(tpdu: bytes) -> int | None:
    """The number of bytes after ACK, SW1 and SW2 included; None where data are to be sent."""
    if len(tpdu) < HEADER:
        return 2
    if len(tpdu) == HEADER:
        return (tpdu[4] or 256) + 2
    return None
