"""The CCID class descriptor: 54 bytes that state what a reader can do.

Spec: USB CCID 1.1, 5.1.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from enum import IntEnum, IntFlag
from struct import Struct
from typing import ClassVar, Self


class Voltage(IntFlag):
    """bVoltageSupport."""

    V5 = 1
    V3 = 2
    V1_8 = 4


ALL_VOLTAGES = int(Voltage.V5 | Voltage.V3 | Voltage.V1_8)


class Protocols(IntFlag):
    """dwProtocols."""

    T0 = 1
    T1 = 2


class Mechanical(IntFlag):
    """dwMechanical."""

    ACCEPT = 1
    EJECT = 2
    CAPTURE = 4
    LOCK = 8


class Features(IntFlag):
    """dwFeatures, without the exchange level."""

    AUTO_CONFIGURATION = 0x02
    AUTO_ACTIVATION = 0x04
    AUTO_VOLTAGE = 0x08
    AUTO_CLOCK = 0x10
    AUTO_BAUD = 0x20
    AUTO_NEGOTIATION = 0x40
    AUTO_PPS = 0x80
    CLOCK_STOP = 0x100
    NAD = 0x200
    AUTO_IFSD = 0x400
    ICCD_TOKEN = 0x800
    WAKE_UP = 0x100000


PICKS_VOLTAGE = Features.AUTO_VOLTAGE | Features.AUTO_ACTIVATION
"""Either of them: the reader powers a card up with what the card needs."""


class ExchangeLevel(IntEnum):
    """The exchange level, bits 18..16 of dwFeatures: what reader and host exchange."""

    CHARACTER = 0
    TPDU = 0x10000
    SHORT_APDU = 0x20000
    EXTENDED_APDU = 0x40000


class PinSupport(IntFlag):
    """bPINSupport."""

    VERIFICATION = 1
    MODIFICATION = 2


EXCHANGE_MASK = 0x70000


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The fields of the class descriptor; clocks in kHz, data rates in bit/s.

    The defaults are those of a reader that does everything by itself at the level of extended
    APDUs, whole ones of any length.
    """

    size: ClassVar[int] = 54
    bDescriptorType: ClassVar[int] = 0x21
    layout: ClassVar[Struct] = Struct("<BBHBBIIIBIIBIIIIIBBHBB")

    bcdCCID: int = 0x0110
    bMaxSlotIndex: int = 0
    bVoltageSupport: int = ALL_VOLTAGES
    dwProtocols: int = Protocols.T0 | Protocols.T1
    dwDefaultClock: int = 4000
    dwMaximumClock: int = 4000
    bNumClockSupported: int = 0
    dwDataRate: int = 10752
    dwMaxDataRate: int = 344086
    bNumDataRatesSupported: int = 0
    dwMaxIFSD: int = 254
    dwSynchProtocols: int = 0
    dwMechanical: int = 0
    dwFeatures: int = 0x000404BE
    dwMaxCCIDMessageLength: int = 65554
    bClassGetResponse: int = 0xFF
    bClassEnvelope: int = 0xFF
    wLcdLayout: int = 0
    bPINSupport: int = 0
    bMaxCCIDBusySlots: int = 1

    def __post_init__(self) -> None:
        for name, bits in WIDTHS.items():
            need_bits(name, getattr(self, name), bits)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the 54 bytes; ValueError if they are not a CCID class descriptor."""
        if len(raw) != cls.size or raw[0] != cls.size:
            raise ValueError(f"offset 0: a class descriptor has {cls.size} bytes, not {len(raw)}")
        if raw[1] != cls.bDescriptorType:
            raise ValueError(f"offset 1: bDescriptorType is {raw[1]:02X}, not 21")
        return cls(*cls.layout.unpack(raw)[2:])

    @property
    def slots(self) -> int:
        """The number of slots."""
        return self.bMaxSlotIndex + 1

    @property
    def voltages(self) -> int:
        """The voltages that it names, as bits; all of them if it names none, as some real ones."""
        return self.bVoltageSupport & ALL_VOLTAGES or ALL_VOLTAGES

    @property
    def exchange_level(self) -> ExchangeLevel:
        """The exchange level of an XfrBlock: the highest that dwFeatures names."""
        bits = self.dwFeatures & EXCHANGE_MASK
        return next((level for level in reversed(ExchangeLevel) if bits & level), ExchangeLevel(0))

    @property
    def lcd(self) -> tuple[int, int]:
        """Lines and columns of the display; (0, 0) without one."""
        return divmod(self.wLcdLayout, 256)

    def has(self, feature: Features) -> bool:
        """True if dwFeatures names all of `feature`."""
        wanted = int(feature)  # a flag's own operators are slow
        return self.dwFeatures & wanted == wanted

    def __bytes__(self) -> bytes:
        return self.layout.pack(self.size, self.bDescriptorType, *astuple(self))


_BITS = {"B": 8, "H": 16, "I": 32}
WIDTHS = {
    field.name: _BITS[code]
    for field, code in zip(
        fields(Descriptor), str(Descriptor.layout.format).removeprefix("<BB"), strict=True
    )
}
"""Bits of each field."""


def need_bits(name: str, value: int, bits: int) -> None:
    """ValueError if a number does not fit into so many bits."""
    if not 0 <= value < 1 << bits:
        raise ValueError(f"{name} has {bits} bits, which {value:#x} does not fit into")
