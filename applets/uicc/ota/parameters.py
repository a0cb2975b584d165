"""The security parameters of a packet: SPI, KIc and KID.

Spec: ETSI TS 102 225, 5.1.1 to 5.1.3 (coding of SPI, KIc, KID).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Check(IntEnum):
    """The integrity protection of a packet."""

    NONE = 0
    REDUNDANCY = 1
    CRYPTOGRAPHIC = 2
    SIGNATURE = 3


class CounterRule(IntEnum):
    """The meaning of a packet's counter."""

    NONE = 0
    NOT_CHECKED = 1
    HIGHER = 2
    ONE_HIGHER = 3


class Receipt(IntEnum):
    """The condition for a proof of receipt."""

    NEVER = 0
    ALWAYS = 1
    ON_ERROR = 2


class Status(IntEnum):
    """Response status codes. Spec: ETSI TS 102 225, table 5."""

    OK = 0x00
    CHECK_FAILED = 0x01
    COUNTER_LOW = 0x02
    COUNTER_HIGH = 0x03
    COUNTER_BLOCKED = 0x04
    CIPHERING_ERROR = 0x05
    SECURITY_ERROR = 0x06
    NOT_ENOUGH_MEMORY = 0x07
    MORE_TIME = 0x08
    TAR_UNKNOWN = 0x09
    INSUFFICIENT_SECURITY = 0x0A
    SENT_BY_SMS_SUBMIT = 0x0B


@dataclass(frozen=True, slots=True)
class Spi:
    """The security parameter indicator: of the packet, and of the proof of receipt."""

    check: Check = Check.CRYPTOGRAPHIC
    ciphered: bool = True
    counter: CounterRule = CounterRule.HIGHER
    receipt: Receipt = Receipt.ALWAYS
    receipt_check: Check = Check.CRYPTOGRAPHIC
    receipt_ciphered: bool = True
    receipt_by_submit: bool = False

    @classmethod
    def parse(cls, raw: bytes) -> Spi:
        """Parse the two bytes; ValueError for a reserved value."""
        first, second = raw
        return cls(
            Check(first & 3),
            bool(first & 4),
            CounterRule(first >> 3 & 3),
            Receipt(second & 3),
            Check(second >> 2 & 3),
            bool(second & 0x10),
            bool(second & 0x20),
        )

    def __bytes__(self) -> bytes:
        first = self.check | self.ciphered << 2 | self.counter << 3
        second = self.receipt | self.receipt_check << 2 | self.receipt_ciphered << 4
        return bytes((first, second | self.receipt_by_submit << 5))

    def suffices(self, level: int) -> bool:
        """Whether the packet's protection reaches a minimum security level (one byte)."""
        wanted = Spi.parse(bytes((level, 0)))
        return (
            self.check >= wanted.check
            and self.ciphered >= wanted.ciphered
            and self.counter >= wanted.counter
        )


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A byte KIc or KID: the version of the keys, and the algorithm (its last four bits)."""

    version: int
    algorithm: int

    @classmethod
    def parse(cls, byte: int) -> KeyChoice:
        """Read one byte."""
        return cls(byte >> 4, byte & 15)

    def __int__(self) -> int:
        return self.version << 4 | self.algorithm
