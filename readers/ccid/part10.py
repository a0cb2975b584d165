"""The PIN structures of PC/SC part 10, and the data of PC_to_RDR_Secure that they become.

A host driver converts one into the other; a reader that takes PIN commands by SCardTransmit (PPDU)
does so itself. CCID has neither bTimeOut2 nor ulDataLength.

Spec: PC/SC Workgroup, part 10, 2.5.2 and 2.5.3; USB CCID 1.1, 6.1.11 (PC_to_RDR_Secure).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from struct import Struct
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class PinVerify:
    """PIN_VERIFY_STRUCTURE: 19 bytes and the command APDU (at least 4 bytes)."""

    timeout: int
    timeout2: int
    format_string: int
    pin_block_string: int
    pin_length_format: int
    max_digits: int
    min_digits: int
    validation: int
    number_message: int
    language: int
    message_index: int
    teo_prologue: bytes
    apdu: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read it; ValueError names the offset where it goes wrong."""
        return cls(*_read(_VERIFY, raw))

    def __bytes__(self) -> bytes:
        return _write(_VERIFY, astuple(self))

    @property
    def secure(self) -> bytes:
        """The same as abData of PC_to_RDR_Secure, with bPINOperation in front."""
        raw = bytes(self)
        return b"\0" + raw[:1] + raw[2:15] + self.apdu


@dataclass(frozen=True, slots=True)
class PinModify:
    """PIN_MODIFY_STRUCTURE: 24 bytes and the command APDU (at least 4 bytes)."""

    timeout: int
    timeout2: int
    format_string: int
    pin_block_string: int
    pin_length_format: int
    insertion_offset_old: int
    insertion_offset_new: int
    max_digits: int
    min_digits: int
    confirm_pin: int
    validation: int
    number_message: int
    language: int
    message_index1: int
    message_index2: int
    message_index3: int
    teo_prologue: bytes
    apdu: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read it; ValueError names the offset where it goes wrong."""
        return cls(*_read(_MODIFY, raw))

    def __bytes__(self) -> bytes:
        return _write(_MODIFY, astuple(self))

    def secure(self, *, indexes: int | None = None) -> bytes:
        """The same as abData of PC_to_RDR_Secure, with bPINOperation in front.

        bNumberMessage says how many message indexes there are: none but the first for 0, all
        for 3 and more; `indexes`, if given, says it in its place.
        """
        raw = bytes(self)
        count = self.number_message if indexes is None else indexes
        second, third = raw[15:16] if count else b"", raw[16:17] if count >= 3 else b""
        return b"\1" + raw[:1] + raw[2:15] + second + third + self.teo_prologue + self.apdu


# bmFormatString and what follows it, least significant byte first; ulDataLength is the APDU's.
_VERIFY = Struct("<BBBBBBBBBHB3sI")
_MODIFY = Struct("<BBBBBBBBBBBBHBBB3sI")
_SHORTEST_APDU = 4


def _read(layout: Struct, raw: bytes) -> tuple[Any, ...]:
    if len(raw) < layout.size + _SHORTEST_APDU:
        raise ValueError(
            f"offset {len(raw)}: at least {layout.size + _SHORTEST_APDU} bytes are needed"
        )
    *values, length = layout.unpack_from(raw)
    apdu = raw[layout.size :]
    if length != len(apdu):
        raise ValueError(f"offset {layout.size - 4}: ulDataLength is {length}, not {len(apdu)}")
    return (*values, apdu)


def _write(layout: Struct, values: tuple[Any, ...]) -> bytes:
    *fixed, apdu = values
    raw: bytes = layout.pack(*fixed, len(apdu)) + apdu
    return raw
