"""PC/SC part 10: features, PIN structures and properties, as they stand on the wire.

Only the structures are here. Which of them a reader gets to see, and mended how, is decided in
pin_repairs.py and features.py.

Spec: PC/SC Workgroup, part 10, 2.2 (features), 2.5 (structures), 2.6 (properties);
USB CCID 1.1, 6.1.11 (PC_to_RDR_Secure).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Self

CONTROL = 0x42000000
"""SCARD_CTL_CODE(0) of pcsc-lite."""

GET_FEATURE_REQUEST = CONTROL + 3400
WINDOWS_FEATURE_REQUEST = 0x313520
"""The same request as remote desktops send it."""

ESCAPE = CONTROL + 1
_FEATURE = CONTROL + 0x330000


class Feature(IntEnum):
    """Tags of the answer to a feature request."""

    VERIFY_PIN_DIRECT = 0x06
    MODIFY_PIN_DIRECT = 0x07
    MCT_READER_DIRECT = 0x08
    IFD_PIN_PROPERTIES = 0x0A
    GET_TLV_PROPERTIES = 0x12
    CCID_ESC_COMMAND = 0x13

    @property
    def control_code(self) -> int:
        """The dwControlCode under which the feature is used."""
        return ESCAPE if self is Feature.CCID_ESC_COMMAND else _FEATURE + self

    def __bytes__(self) -> bytes:
        return bytes((self, 4)) + self.control_code.to_bytes(4, "big")


class Property(IntEnum):
    """Tags of FEATURE_GET_TLV_PROPERTIES."""

    LCD_LAYOUT = 0x01
    ENTRY_VALIDATION_CONDITION = 0x02
    TIMEOUT2 = 0x03
    LCD_MAX_CHARACTERS = 0x04
    LCD_MAX_LINES = 0x05
    MIN_PIN_SIZE = 0x06
    MAX_PIN_SIZE = 0x07
    FIRMWARE_ID = 0x08
    PPDU_SUPPORT = 0x09
    MAX_APDU_DATA_SIZE = 0x0A
    VENDOR = 0x0B
    PRODUCT = 0x0C

    def number(self, value: int, size: int) -> bytes:
        """The property with a number of `size` bytes, least significant first."""
        return self.text(value.to_bytes(size, "little"))

    def text(self, value: bytes) -> bytes:
        """The property with these bytes (at most 255)."""
        return bytes((self, len(value))) + value


@dataclass(frozen=True, slots=True)
class PinProperties:
    """PIN_PROPERTIES_STRUCTURE."""

    lcd_layout: int
    validation: int
    timeout2: int = 0

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read 4 bytes; ValueError if there are more or fewer."""
        if len(raw) != 4:
            raise ValueError(f"offset {len(raw)}: PIN properties have 4 bytes")
        return cls(int.from_bytes(raw[:2], "little"), raw[2], raw[3])

    def __bytes__(self) -> bytes:
        return self.lcd_layout.to_bytes(2, "little") + bytes((self.validation, self.timeout2))


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
        """The same as abData of PC_to_RDR_Secure."""
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
        """The same as abData of PC_to_RDR_Secure.

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
