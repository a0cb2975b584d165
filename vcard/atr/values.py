"""Values encoded in the interface bytes of an ATR: tables and small types.

Spec: ISO/IEC 7816-3:2006, 8.3, 10.2, 11.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag

T0, T1 = 0, 1
"""Transmission protocols, by the T that TD bytes and PPS0 have. Spec: 8.2.3."""

FI: Mapping[int, tuple[int, float]] = {
    0x0: (372, 4.0), 0x1: (372, 5.0), 0x2: (558, 6.0), 0x3: (744, 8.0),
    0x4: (1116, 12.0), 0x5: (1488, 16.0), 0x6: (1860, 20.0), 0x9: (512, 5.0),
    0xA: (768, 7.5), 0xB: (1024, 10.0), 0xC: (1536, 15.0), 0xD: (2048, 20.0),
}  # fmt: skip
"""Upper half of TA1: the clock rate conversion integer Fi and f(max) in MHz. Spec: table 7."""

DI: Mapping[int, int] = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 32, 7: 64, 8: 12, 9: 20}
"""Lower half of TA1: the baud rate adjustment integer Di. Spec: table 8."""

DEFAULT_TA1 = 0x11
DEFAULT_WI, DEFAULT_IFSC, DEFAULT_BWI, DEFAULT_CWI = 10, 32, 4, 13


class Edc(IntEnum):
    """The error detection code of T=1 blocks. Spec: 11.4.4."""

    LRC = 0
    CRC = 1


class VoltageClass(IntFlag):
    """Classes of operating conditions that a card accepts.

    Spec: table 10; ETSI TS 102 221, 6.2.1 (class D).
    """

    A = 1
    B = 2
    C = 4
    D = 8

    @property
    def volts(self) -> str:
        """The classes in words."""
        return ", ".join(f"{item.name} {VOLTS[item]}" for item in VoltageClass if item in self)


VOLTS = {
    VoltageClass.A: "5 V",
    VoltageClass.B: "3 V",
    VoltageClass.C: "1.8 V",
    VoltageClass.D: "1.2 V",
}
VALID_CLASSES = frozenset({1, 2, 3, 4, 6, 7, 8, 12, 14, 15})
"""Indicators that are not reserved: classes stand side by side, with none left out between."""


class ClockStop(IntEnum):
    """XI: whether the clock may be stopped, and in which state. Spec: table 9."""

    NOT_SUPPORTED = 0
    STATE_L = 1
    STATE_H = 2
    NO_PREFERENCE = 3


@dataclass(frozen=True, slots=True)
class SpecificMode:
    """TA2: the card talks its one protocol at once and takes no PPS. Spec: 8.3, TA2.

    `changeable`: a reset may bring it to negotiable mode. `implicit`: F and D are known to
    both sides by other means than TA1.
    """

    protocol: int
    changeable: bool = True
    implicit: bool = False

    @classmethod
    def parse(cls, value: int) -> SpecificMode:
        """Read TA2; its two reserved bits are left out."""
        return cls(value & 0x0F, changeable=not value & 0x80, implicit=bool(value & 0x10))

    def __int__(self) -> int:
        return (0 if self.changeable else 0x80) | (0x10 if self.implicit else 0) | self.protocol


@dataclass(frozen=True, slots=True)
class Problem:
    """A violation in an ATR, and the offset of the byte at fault."""

    offset: int
    text: str

    def __str__(self) -> str:
        return f"offset {self.offset}: {self.text}"
