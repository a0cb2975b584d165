"""A reader model: names, numbers, endpoints, descriptor, quirks.

A Model is data that readers.reader acts on; differences between readers belong here and not in
code. The existing models are in readers.models; change one with dataclasses.replace.

Spec: USB 2.0, 9.2.3, 9.6.1 (device descriptor), 9.6.6 (endpoint descriptor); USB CCID 1.1, 4.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Flag, IntEnum, auto

from ..ccid.codes import HEADER_SIZE, ICCD
from ..ccid.descriptor import Descriptor, Features, need_bits

IN = 0x80
"""Bit 7 of an endpoint address: towards the host."""


class TransferType(IntEnum):
    """Bits 1..0 of bmAttributes. Spec: USB 2.0, table 9-13."""

    CONTROL = 0
    ISOCHRONOUS = 1
    BULK = 2
    INTERRUPT = 3


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: bEndpointAddress, kind, wMaxPacketSize in bytes, bInterval."""

    address: int
    kind: TransferType = TransferType.BULK
    packet_size: int = 64
    interval: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.address & 0x7F < 16:
            raise ValueError(f"an endpoint has a number of 1..15, not {self.address:#04x}")
        if not 0 < self.packet_size <= 1024:
            raise ValueError(f"an endpoint's packets have 1..1024 bytes, not {self.packet_size}")
        if not 0 <= self.interval <= 0xFF:
            raise ValueError(f"bInterval is 0..255, not {self.interval}")

    @property
    def reads(self) -> bool:
        """True if it sends to the host."""
        return bool(self.address & IN)


BULK_OUT = Endpoint(0x01)
BULK_IN = Endpoint(0x82)
INTERRUPT_IN = Endpoint(0x83, TransferType.INTERRUPT, 8, 24)
STANDARD = (BULK_OUT, BULK_IN, INTERRUPT_IN)
"""The three endpoints of a CCID at full speed."""


class Quirk(Flag):
    """Deviations of real readers from the standard.

    A quirk belongs to a reader's firmware; a Model names the ones it has. No code asks for a
    product id.
    """

    NONE = 0
    ZERO_LENGTH_PACKETS = auto()
    """An empty packet comes before the answer about parameters, as if it were that answer."""
    ENDPOINT_DESCRIPTOR = auto()
    """The class descriptor is attached to the last endpoint, not to the interface."""
    CHECKS_ATR = auto()
    """IccPowerOn fails with F8 or F7 if TS or TCK of the ATR is wrong."""
    THREE_INDEXES = auto()
    """A PIN modification always has three message indexes, whatever bNumberMessage says."""
    SWAPPED_LIMITS = auto()
    """A PIN verification has the two bytes of wPINMaxExtraDigit in the other order."""
    STRICT_PIN_BLOCK = auto()
    """A PIN structure that does not add up is answered 6B80 before anyone types."""
    BEEPS_ON_SHORT_PIN = auto()
    """OK with too few digits is ignored; other readers end the entry with 6403."""
    PPDU = auto()
    """Commands FF C2 01 are for the reader, not for the card."""
    PSEUDO_APDU = auto()
    """Commands FF CA ask a contactless reader for the card's UID and ATS."""
    ACR122U = auto()
    """Commands FF 00 and such escapes steer LEDs, buzzer and polling (ACS ACR122U)."""
    GEMALTO_ESCAPES = auto()
    """Escapes tell the firmware (02) and load texts (B2 A0 00 4D 4C)."""
    CHAINS_SHORT_APDU = auto()
    """The descriptor says short APDU level, but long APDUs are taken and given in pieces."""
    NO_DATA_RATES = auto()
    """GET_DATA_RATES stalls."""
    NO_CLOCK_FREQUENCIES = auto()
    """GET_CLOCK_FREQUENCIES stalls."""


LONGEST_TPDU = HEADER_SIZE + 5 + 256
"""A message with a T=0 TPDU of 256 data bytes; a T=1 block of 254 bytes with CRC is shorter."""


_WIDTHS = {
    "vendor_id": 16,
    "product_id": 16,
    "bcd_device": 16,
    "interface_number": 8,
    "interface_class": 8,
    "interface_subclass": 8,
    "interface_protocol": 8,
}
_PAD_WIDTHS = {"min_digits": 8, "max_digits": 8, "timeout_s": 8, "conditions": 8, "language": 16}
"""Bits of the numbers that go into messages or descriptors."""


@dataclass(frozen=True, slots=True)
class PinpadModel:
    """A keypad's limits. Hosts may ask for less, not for more."""

    min_digits: int = 0
    max_digits: int = 16
    timeout_s: int = 30
    """Time for the next key, in seconds, where the host names none."""
    conditions: int = 7
    """bEntryValidationCondition bits that it knows: 1 length reached, 2 key, 4 time-out."""
    verify_messages: frozenset[int] | None = None
    """The values of bNumberMessage that it takes for a verification; None means all."""
    modify_messages: frozenset[int] | None = None
    """The same for a modification."""
    language: int = 0x0409
    """wLangId if the host names none."""

    def __post_init__(self) -> None:
        for name, bits in _PAD_WIDTHS.items():
            need_bits(name, getattr(self, name), bits)


LONGEST_NAME = 121
"""Bytes of UTF-8 in a reader's name: pcscd has room for 128, with numbers and a zero behind it."""


def check_name(name: str) -> None:
    """ValueError if pcscd would cut a reader's name, which may be in the middle of a character."""
    if not 0 < len(name.encode()) <= LONGEST_NAME:
        raise ValueError(f"a reader's name has 1 to {LONGEST_NAME} bytes of UTF-8: {name!r}")


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of reader.

    `name` is the reader's name for PC/SC (FRIENDLYNAME), at most LONGEST_NAME bytes. `firmware`
    is what the reader says of itself where its host can ask.
    """

    name: str
    vendor_name: str = "vcard"
    product_name: str = ""
    vendor_id: int = 0x1209
    product_id: int = 0x0001
    """1209:0001 to 0010 are pid.codes' ids for tests: nobody's product has them."""
    bcd_device: int = 0x0100
    serial_number: str = ""
    interface_name: str = ""
    interface_number: int = 0
    """bInterfaceNumber; models in a row that differ in it alone are one device's interfaces."""
    interface_class: int = 0x0B
    interface_subclass: int = 0
    interface_protocol: int = 0
    """0 CCID, 1 ICCD version A, 2 ICCD version B. Spec: USB ICCD 1.0, 5."""
    endpoints: tuple[Endpoint, ...] = STANDARD
    firmware: str = "vcard-0.1"
    descriptor: Descriptor = field(default_factory=Descriptor)
    pinpad: PinpadModel = field(default_factory=PinpadModel)
    quirks: Quirk = Quirk.NONE
    data_rates: tuple[int, ...] = ()
    """The answer to GET_DATA_RATES, in bit/s."""
    clock_frequencies: tuple[int, ...] = ()
    """The answer to GET_CLOCK_FREQUENCIES, in kHz."""
    refused_voltages: int = 0
    """Voltages (bVoltageSupport bits) at which no card answers."""
    delay_s: float = 0.0
    """Delay of every exchange in seconds, in addition to the card's own."""
    hardware_message_length: int = 0
    """Bytes of the longest message that the hardware really takes, header included.

    Many real readers take more than their dwMaxCCIDMessageLength (263, 261, 250, 64) claims.
    0 stands for 271, the longest TPDU or block with its header, or the claim if that is longer.
    """
    escapes: tuple[tuple[bytes, bytes], ...] = ()
    """Escape requests by their beginning, and what is answered."""
    built_in: bool = False
    """Whether its card is built in, though neither protocol nor descriptor say so (`is_token`)."""

    def __post_init__(self) -> None:
        check_name(self.name)
        for name, bits in _WIDTHS.items():
            need_bits(name, getattr(self, name), bits)
        for name in ("data_rates", "clock_frequencies"):
            for value in getattr(self, name):
                need_bits(name, value, 32)
        if self.hardware_message_length and self.room <= 0:
            raise ValueError(f"a message has a header of {HEADER_SIZE} bytes, and data")

    @property
    def usb_id(self) -> int:
        """Vendor and product id as one number."""
        return self.vendor_id << 16 | self.product_id

    @property
    def slots(self) -> int:
        """The number of slots."""
        return self.descriptor.slots

    @property
    def is_token(self) -> bool:
        """True for reader and card in one: the slot is never empty."""
        return (
            self.built_in
            or self.interface_protocol in ICCD
            or self.descriptor.has(Features.ICCD_TOKEN)
        )

    @property
    def room(self) -> int:
        """Bytes after the header in the longest message that the hardware takes."""
        claimed = self.descriptor.dwMaxCCIDMessageLength
        return (self.hardware_message_length or max(claimed, LONGEST_TPDU)) - HEADER_SIZE

    @property
    def has_pinpad(self) -> bool:
        """True if the reader can take a PIN."""
        return bool(self.descriptor.bPINSupport)

    def has(self, quirk: Quirk) -> bool:
        """Return True if the model has the quirk."""
        return quirk in self.quirks


# Interfaces of one device


def devices(models: Sequence[Model]) -> list[list[int]]:
    """The models by their places, a list for each device.

    Successive models are interfaces of one device if they differ in nothing that a device
    descriptor says, and their bInterfaceNumber rises.
    """
    found: list[list[int]] = []
    for place, model in enumerate(models):
        before = models[found[-1][-1]] if found else None
        if before is not None and _beside(before, model):
            found[-1].append(place)
        else:
            found.append([place])
    return found


def _beside(one: Model, other: Model) -> bool:
    return one.interface_number < other.interface_number and _device(one) == _device(other)


def _device(model: Model) -> tuple[object, ...]:
    """The values of a device descriptor."""
    ids = model.vendor_id, model.product_id, model.bcd_device
    return *ids, model.vendor_name, model.product_name, model.serial_number


def addresses(models: Sequence[Model]) -> list[int]:
    """The address of each model's device on its bus, from 1."""
    return [address for address, places in enumerate(devices(models), 1) for _ in places]
