"""PC/SC part 10: features and properties of a reader, for clients.

The PIN structures are in readers.ccid.part10.

Spec: PC/SC Workgroup, part 10, 2.2 (features), 2.6 (properties).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from ..ifdh.api import CONTROL

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
