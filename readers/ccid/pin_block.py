"""PIN blocks: where the digits of a PIN are written in a command.

The host's template supplies everything around the digits: bits that are not overwritten are kept,
so the template is the padding.

Spec: USB CCID 1.1, 6.1.11 (bmFormatString, bmPINBlockString, bmPINLengthFormat).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

MAX_DATA = 255


class Coding(IntEnum):
    """The coding of a digit, bits 1..0 of bmFormatString."""

    BINARY = 0
    BCD = 1
    ASCII = 2


class BlockError(ValueError):
    """The PIN does not fit into the block."""


@dataclass(frozen=True, slots=True)
class PinFormat:
    """The three format bytes, decoded; positions and the length field in bits.

    `size` is the block size in bytes, 0 for a block as long as the PIN. `whole` is True if the
    block includes everything before `position` (positions given in bits).
    """

    coding: Coding
    right: bool
    position: int
    whole: bool
    size: int
    length_bits: int
    length_position: int

    @classmethod
    def parse(cls, format_string: int, block_string: int, length_format: int) -> Self:
        """Read the format bytes; ValueError if the coding is reserved."""
        in_bytes = bool(format_string & 0x80)
        return cls(
            coding=Coding(format_string & 3),
            right=bool(format_string & 4),
            position=(format_string >> 3 & 15) * (8 if in_bytes else 1),
            whole=not in_bytes,
            size=block_string & 15,
            length_bits=block_string >> 4,
            length_position=(length_format & 15) * (8 if length_format & 0x10 else 1),
        )

    @property
    def digit_bits(self) -> int:
        """The number of bits for each digit."""
        return 4 if self.coding is Coding.BCD else 8

    @property
    def room(self) -> int | None:
        """The most digits that fit into the block; None if it grows with the PIN."""
        if not self.size:
            return None
        return (self.size * 8 - (self.position if self.whole else 0)) // self.digit_bits

    def encode(self, pin: str) -> int:
        """The digits as one number, `digit_bits` each."""
        code = 0
        for digit in pin:
            value = int(digit) + (0x30 if self.coding is Coding.ASCII else 0)
            code = code << self.digit_bits | value
        return code


class Bits:
    """A data field as a string of bits, the most significant first; it grows by ones."""

    def __init__(self, data: bytes) -> None:
        self.value = int.from_bytes(data, "big")
        self.size = len(data) * 8

    def write(self, value: int, at: int, count: int) -> None:
        """Overwrite `count` bits at bit `at`."""
        missing = -(-max(0, at + count - self.size) // 8) * 8
        self.value = self.value << missing | (1 << missing) - 1
        self.size += missing
        shift = self.size - at - count
        self.value &= ~(((1 << count) - 1) << shift)
        self.value |= (value & (1 << count) - 1) << shift

    def grow(self, end: int) -> None:
        """Extend the string to bit `end`."""
        self.write(0, end, 0)

    def __bytes__(self) -> bytes:
        return self.value.to_bytes(self.size // 8, "big")


def insert_pin(data: bytes, pin: str, how: PinFormat, base: int = 0, after: int = 0) -> bytes:
    """The data field with the PIN in it.

    `base` is the insertion offset in bytes. A block that grows with its PIN does not begin
    before byte `after`. Raises BlockError if the PIN is too long for the block.
    """
    bits = Bits(data)
    code_bits = len(pin) * how.digit_bits
    if not how.size:
        base = max(base, after)
    start = base * 8 + how.position
    end = start + code_bits
    if how.size:
        end = base * 8 + how.size * 8 + (0 if how.whole else how.position)
        if code_bits > end - start:
            raise BlockError(f"{len(pin)} digits do not fit into {end - start} bits")
    bits.grow(end)
    if how.length_bits:
        bits.write(len(pin), base * 8 + how.length_position, how.length_bits)
    bits.write(how.encode(pin), end - code_bits if how.right else start, code_bits)
    return bytes(bits)


def split_template(command: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, data and Le of a command template.

    A data field that is shorter than its Lc is filled with ones; ValueError if there is no
    header or more than Lc and Le allow.
    """
    if len(command) < 4:
        raise ValueError(f"offset {len(command)}: a command has at least 4 bytes")
    length = command[4] if len(command) > 4 else 0
    data, le = command[5 : 5 + length], command[5 + length :]
    if len(le) > 1:
        raise ValueError(f"offset {5 + length}: {len(le)} bytes after the data field")
    return command[:4], data.ljust(length, b"\xff"), le


def join_template(header: bytes, data: bytes, le: bytes) -> bytes:
    """The command again, with its Lc; BlockError if the data are too long."""
    if len(data) > MAX_DATA:
        raise BlockError(f"{len(data)} bytes are too many for a command")
    return header + (bytes((len(data),)) + data if data else b"") + le
