"""A reader model: names, numbers, descriptor, quirks.

A Model is data that readers.reader acts on; differences between readers belong here and not in
code. The existing models are in readers.models; change one with dataclasses.replace.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..ccid.codes import HEADER_SIZE, ICCD
from ..ccid.descriptor import Descriptor, Features, need_bits
from .endpoint import STANDARD, Endpoint
from .quirks import Quirk

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
