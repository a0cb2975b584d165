"""A reader as host drivers know it.

Host drivers correct what some readers claim, by vendor and product id, so a model with these ids
meets the host that its users have: repairs.py has libccid's corrections of descriptors,
pin_entry.py those of PIN commands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from readers.ccid.codes import HEADER_SIZE, Version
from readers.ccid.descriptor import PICKS_VOLTAGE, ExchangeLevel, Features
from readers.models import Model
from readers.models.model import Quirk

from .options import TODAY, Release
from .repairs import LOWEST_FIRMWARE, REPAIRS, SCM_MESSAGE_LENGTH, Repair, release_text

OWN_VENDOR, OWN_PRODUCTS = 0x1209, range(0x0001, 0x0011)
"""Readers with these ids are ours: clients are told their limits and firmware as they are. Others
share the vendor id: pid.codes gives product ids of it to anybody.
"""

GEMALTO = 0x08E6
GEMPC_PINPAD, VEGA_ALPHA, CHERRY_ST2000 = 0x08E63478, 0x09820008, 0x046A003E
CHERRY_KC1000SC, CHERRY_XX44_PAD = 0x046A00A1, 0x046A0010
SPR532, DELL_KEYBOARD, DELL_READER = 0x04E6E003, 0x413C2100, 0x413C2101
OMNIKEY_3821, OMNIKEY_5427CK, GEMALTO_PROX_DU = 0x076B3821, 0x076B5427, 0x08E65503
KOBIL_TRIBANK, KOBIL_MIDENTITY_VISUAL, KOBIL_IDTOKEN = 0x0D463010, 0x0D464289, 0x0D46301D


@dataclass(frozen=True, slots=True)
class FirmwareFeatures:
    """A Gemalto reader's answer to Escape 6A (21 bytes)."""

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
    """bMinPINSize and bMaxPINSize; bEntryValidationCondition if the answer has it."""

    min_digits: int
    max_digits: int
    validation: int | None = None


@dataclass(frozen=True, slots=True)
class KnownReader:
    """A reader as its host treats it: the corrected values of the descriptor.

    `features` is dwFeatures without the exchange level, which is `level`; lengths in bytes, rates
    in bit/s. `address` is the device's on its bus (1..127).
    """

    model: Model
    level: ExchangeLevel
    features: int
    pin_support: int
    max_ifsd: int
    max_data_rate: int
    data_rates: tuple[int, ...] = ()
    firmware: FirmwareFeatures | None = None
    address: int = 1

    @classmethod
    def of(cls, model: Model, release: Release = TODAY, address: int = 1) -> KnownReader:
        """Return what a release of libccid knows of a model, with its corrections."""
        said = model.descriptor
        reader = cls(
            model,
            said.exchange_level,
            said.dwFeatures,
            said.bPINSupport,
            said.dwMaxIFSD,
            said.dwMaxDataRate,
            _told_rates(model),
            address=address,
        )
        if model.interface_protocol == Version.ICCD_B and reader.level is ExchangeLevel.SHORT_APDU:
            reader = replace(reader, level=ExchangeLevel.EXTENDED_APDU)
        for repair in REPAIRS:
            if repair.reader_id == model.usb_id and repair.holds(
                model.bcd_device, reader.level, release
            ):
                reader = reader._repaired(repair)
        return reader

    def _repaired(self, repair: Repair) -> KnownReader:
        rate = repair.max_data_rate
        return replace(
            self,
            level=self.level if repair.level is None else repair.level,
            pin_support=self.pin_support if repair.pin_support is None else repair.pin_support,
            features=self.features | repair.features,
            max_ifsd=repair.max_ifsd or self.max_ifsd,
            max_data_rate=rate or self.max_data_rate,
            data_rates=tuple(r for r in self.data_rates if rate is None or r <= rate),
        )

    @property
    def refusal(self) -> str | None:
        """The reason for which hosts refuse the reader's firmware; None if they accept it."""
        return firmware_refusal(self.model.usb_id, self.model.bcd_device)

    @property
    def is_own(self) -> bool:
        """True for models of our own, which are no maker's product."""
        return self.model.vendor_id == OWN_VENDOR and self.model.product_id in OWN_PRODUCTS

    @property
    def max_message(self) -> int:
        """The longest CCID message (dwMaxCCIDMessageLength)."""
        return self.model.descriptor.dwMaxCCIDMessageLength

    @property
    def max_data(self) -> int | None:
        """The longest abData that is sent in one message; None where the claim is not believed."""
        return None if self.max_message == SCM_MESSAGE_LENGTH else self.room

    @property
    def room(self) -> int:
        """The longest abData under dwMaxCCIDMessageLength; below 10 it wraps, as 32 bits do."""
        return (self.max_message - HEADER_SIZE) & 0xFFFFFFFF

    @property
    def lcd_layout(self) -> int:
        """wLcdLayout: lines and columns."""
        return self.model.descriptor.wLcdLayout

    def has(self, feature: Features) -> bool:
        """True if dwFeatures names any of `feature`."""
        return bool(self.features & int(feature))  # a flag's own operators are slow

    @property
    def picks_voltage(self) -> bool:
        """True if the reader gets no voltage: it powers a card up with what the card needs."""
        return self.has(PICKS_VOLTAGE)

    @property
    def validation(self) -> int:
        """Return the bEntryValidationCondition for clients."""
        if self.firmware:
            return self.firmware.validation
        if self.is_own:
            return self.model.pinpad.conditions
        return 0x02 if self.model.usb_id in (GEMPC_PINPAD, VEGA_ALPHA, CHERRY_ST2000) else 0x07

    @property
    def pin_limits(self) -> list[PinLimits]:
        """Return the limits for clients, in order; usually none or one."""
        limits = []
        old_gemalto = self.model.usb_id == GEMPC_PINPAD and self.model.bcd_device == 0x0100
        if self.model.usb_id in PIN_LIMITS and (self.model.usb_id != GEMPC_PINPAD or old_gemalto):
            limits.append(PIN_LIMITS[self.model.usb_id])
        if self.firmware:
            known = self.firmware
            limits.append(PinLimits(known.min_digits, known.max_digits, known.validation))
        if self.is_own and self.pin_support:
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


def _told_rates(model: Model) -> tuple[int, ...]:
    """The data rates that the host asks for: only if the descriptor counts some."""
    count = model.descriptor.bNumDataRatesSupported
    if not count or model.has(Quirk.NO_DATA_RATES):
        return ()
    return (model.data_rates or (model.descriptor.dwDataRate,))[:count]


def firmware_refusal(reader_id: int, bcd_device: int) -> str | None:
    """Return the reason for which the firmware is refused; None if it is accepted."""
    lowest = LOWEST_FIRMWARE.get(reader_id, 0)
    if bcd_device >= lowest:
        return None
    return (
        f"firmware {release_text(bcd_device)} has known bugs, {release_text(lowest)} is the first"
        " without them (ifdDriverOptions=0x0004 takes it all the same)"
    )
