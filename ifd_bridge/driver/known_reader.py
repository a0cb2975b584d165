"""What a host driver knows and believes about one kind of reader.

Host drivers correct what some readers say of themselves, by vendor and product id; here are the
corrections that the genuine driver makes, as data. Corrections of PIN commands are in
pin_repairs.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from readers.ccid.descriptor import ExchangeLevel, Features
from readers.models import Model

OWN_VENDOR = 0x1209
"""Readers with this vendor id are ours: their limits are told to clients as they stand."""

GEMALTO = 0x08E6
GEMPC_PINPAD, VEGA_ALPHA, CHERRY_ST2000 = 0x08E63478, 0x09820008, 0x046A003E
CHERRY_KC1000SC, CHERRY_XX44_PAD = 0x046A00A1, 0x046A0010
SPR532, DELL_KEYBOARD, DELL_READER = 0x04E6E003, 0x413C2100, 0x413C2101
OMNIKEY_3821, OMNIKEY_5427CK, GEMALTO_PROX_DU = 0x076B3821, 0x076B5427, 0x08E65503
KOBIL_TRIBANK, KOBIL_MIDENTITY_VISUAL, KOBIL_IDTOKEN = 0x0D463010, 0x0D464289, 0x0D46301D


@dataclass(frozen=True, slots=True)
class FirmwareFeatures:
    """What a Gemalto reader says of itself when asked by Escape 6A (21 bytes)."""

    validation: int
    three_indexes_fixed: bool
    min_digits: int
    max_digits: int

    @classmethod
    def parse(cls, raw: bytes) -> FirmwareFeatures:
        """Read the 21 bytes; ValueError if there are more or fewer."""
        if len(raw) != 21:
            raise ValueError(f"offset {len(raw)}: firmware features have 21 bytes")
        return cls(raw[3], bool(raw[8] & 0x04), raw[13], raw[14])


@dataclass(frozen=True, slots=True)
class PinLimits:
    """bMinPINSize and bMaxPINSize; bEntryValidationCondition if that is told with them."""

    min_digits: int
    max_digits: int
    validation: int | None = None


@dataclass(frozen=True, slots=True)
class KnownReader:
    """A reader as its host treats it: the descriptor's values, corrected.

    `features` is dwFeatures without the exchange level, which is `level`; lengths in bytes.
    """

    model: Model
    level: ExchangeLevel
    features: int
    pin_support: int
    firmware: FirmwareFeatures | None = None

    @classmethod
    def of(cls, model: Model) -> KnownReader:
        """What is known of a model, by its descriptor and the known corrections."""
        descriptor = model.descriptor
        reader = cls(
            model, descriptor.exchange_level, descriptor.dwFeatures, descriptor.bPINSupport
        )
        if reader.reader_id in NO_PINPAD:
            reader = replace(reader, pin_support=0)
        level = LEVEL_FIXES.get(reader.reader_id)
        if reader.reader_id == CHERRY_KC1000SC and not reader._kc1000sc_chains:
            level = None
        return reader if level is None else replace(reader, level=level)

    @property
    def _kc1000sc_chains(self) -> bool:
        """Firmware 1.00 chains at the short APDU level."""
        return self.model.bcd_device == 0x0100 and self.level is ExchangeLevel.SHORT_APDU

    @property
    def reader_id(self) -> int:
        """Vendor and product id as one number."""
        return self.model.vendor_id << 16 | self.model.product_id

    @property
    def max_message(self) -> int:
        """How long a CCID message may be (dwMaxCCIDMessageLength)."""
        return self.model.descriptor.dwMaxCCIDMessageLength

    @property
    def lcd_layout(self) -> int:
        """wLcdLayout: lines and columns."""
        return self.model.descriptor.wLcdLayout

    def has(self, feature: Features) -> bool:
        """True if dwFeatures names any of `feature`."""
        return bool(self.features & feature)

    @property
    def validation(self) -> int:
        """The bEntryValidationCondition that clients are told."""
        if self.firmware:
            return self.firmware.validation
        if self.model.vendor_id == OWN_VENDOR:
            return self.model.pinpad.conditions
        return 0x02 if self.reader_id in (GEMPC_PINPAD, VEGA_ALPHA, CHERRY_ST2000) else 0x07

    @property
    def pin_limits(self) -> list[PinLimits]:
        """The limits that clients are told, in order; usually none or one."""
        limits = []
        old_gemalto = self.reader_id == GEMPC_PINPAD and self.model.bcd_device == 0x0100
        if self.reader_id in PIN_LIMITS and (self.reader_id != GEMPC_PINPAD or old_gemalto):
            limits.append(PIN_LIMITS[self.reader_id])
        if self.firmware:
            known = self.firmware
            limits.append(PinLimits(known.min_digits, known.max_digits, known.validation))
        if self.model.vendor_id == OWN_VENDOR and self.pin_support:
            own = self.model.pinpad
            limits.append(PinLimits(own.min_digits, own.max_digits, own.conditions))
        return limits


PIN_LIMITS = {
    GEMPC_PINPAD: PinLimits(4, 8, 0x02),
    VEGA_ALPHA: PinLimits(4, 8, 0x02),
    CHERRY_ST2000: PinLimits(0, 25, 0x02),
    CHERRY_KC1000SC: PinLimits(0, 32),
    OMNIKEY_3821: PinLimits(1, 31),
}

LEVEL_FIXES = {
    0x076B3A21: ExchangeLevel.EXTENDED_APDU,
    0x076B3031: ExchangeLevel.EXTENDED_APDU,
    0x076B6632: ExchangeLevel.EXTENDED_APDU,
    0x046A00A7: ExchangeLevel.EXTENDED_APDU,
    0x0BF81024: ExchangeLevel.EXTENDED_APDU,
    0x2F7C6007: ExchangeLevel.EXTENDED_APDU,
    CHERRY_KC1000SC: ExchangeLevel.EXTENDED_APDU,
    KOBIL_TRIBANK: ExchangeLevel.SHORT_APDU,
}
"""Readers that chain though they say they do not, or the other way round."""

NO_PINPAD = frozenset(
    {
        0x03F01024,
        0x03F00036,
        0x0BF81017,
        0x04F21469,
        0x07830006,
        0x076B3A21,
        0x076B3031,
        0x076B6632,
        0x046A00A7,
        0x0BF81024,
        0x25DD3111,
    }
)
"""Readers whose bPINSupport promises a keypad that is not there, or that leaks the PIN."""
