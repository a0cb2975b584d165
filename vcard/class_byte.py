"""The class byte CLA, read once into a table of all 256 values.

Spec: ISO/IEC 7816-4, 5.4.1; for the proprietary classes 8x-9x and Cx-Fx the same
coding, as ETSI TS 102 221, 10.1.1 and GlobalPlatform, 11.1.4 use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_CHANNEL: Final = 19


@dataclass(frozen=True, slots=True)
class ClassByte:
    """The decoded value of a CLA byte.

    `base` is the class without channel, chaining and secure messaging bits (00 or 80;
    for classes that carry no such bits, the byte itself). `channel` is 0..19.
    """

    base: int
    channel: int
    chained: bool
    secure: bool
    valid: bool


def class_byte(base: int, channel: int = 0, *, chained: bool = False) -> int:
    """The CLA that addresses `channel` (0..19) in class `base` (00 or 80)."""
    if not 0 <= channel <= MAX_CHANNEL:
        raise ValueError(f"logical channel {channel} is not in 0..{MAX_CHANNEL}")
    chain_bit = 0x10 if chained else 0
    if channel < 4:
        return base | chain_bit | channel
    return base | 0x40 | chain_bit | (channel - 4)


def _read(cla: int) -> ClassByte:
    if cla & 0x40 and cla != 0xFF:
        return ClassByte(
            cla & 0x80, 4 + (cla & 0x0F), bool(cla & 0x10), bool(cla & 0x20), valid=True
        )
    if cla & 0x20:
        # 20-3F are reserved; A0-BF are proprietary (A0 is the class of 2G SIMs); FF is invalid.
        return ClassByte(cla, 0, chained=False, secure=False, valid=0x80 <= cla < 0xFF)
    return ClassByte(cla & 0x80, cla & 3, bool(cla & 0x10), bool(cla & 0x0C), valid=True)


CLASS_BYTES: Final[tuple[ClassByte, ...]] = tuple(_read(cla) for cla in range(256))
