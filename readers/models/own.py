"""Our own reader models."""

from __future__ import annotations

from dataclasses import replace

from vcard.atr.values import DI, FI

from ..ccid.descriptor import EXCHANGE_MASK, Descriptor, ExchangeLevel, Features, PinSupport
from .model import Model

ALL_PIN = PinSupport.VERIFICATION | PinSupport.MODIFICATION

CLOCK_KHZ = 4000
FASTEST = 344086
"""Bit/s: Di 32 of Fi 372 at 4 MHz."""


def _rates() -> tuple[int, ...]:
    """Every rate that Fi and Di can make, from the default to the fastest, in bit/s."""
    f_d = [(f, d) for f, _ in FI.values() for d in DI.values()]
    rates = {1000 * CLOCK_KHZ * d // f for f, d in f_d}
    return tuple(sorted(rate for rate in rates if 1000 * CLOCK_KHZ // 372 <= rate <= FASTEST))


RATES = _rates()


def _own(name: str, product_id: int, **fields: int) -> Model:
    """One of ours: bNum... counts the values that the class requests list, as some hosts demand."""
    descriptor = Descriptor(
        dwDefaultClock=CLOCK_KHZ,
        dwMaximumClock=CLOCK_KHZ,
        bNumClockSupported=1,
        dwDataRate=RATES[0],
        dwMaxDataRate=FASTEST,
        bNumDataRatesSupported=len(RATES),
        **fields,
    )
    return Model(
        name,
        product_name=name,
        product_id=product_id,
        descriptor=descriptor,
        data_rates=RATES,
        clock_frequencies=(CLOCK_KHZ,),
    )


PLAIN = _own("Virtual Reader", 0x0001)
PINPAD = _own("Virtual PIN Pad", 0x0002, bPINSupport=ALL_PIN)
PINPAD_DISPLAY = _own(
    "Virtual PIN Pad with Display", 0x0003, bPINSupport=ALL_PIN, wLcdLayout=0x0210
)
TWO_SLOT = _own("Virtual Two-Slot Reader", 0x0004, bMaxSlotIndex=1, bMaxCCIDBusySlots=2)
THREE_SLOT = _own("Virtual Three-Slot Reader", 0x0005, bMaxSlotIndex=2, bMaxCCIDBusySlots=3)
SECURITY_KEY = replace(_own("Virtual Security Key", 0x0006), built_in=True)

OWN_MODELS: dict[str, Model] = {
    "plain": PLAIN,
    "pinpad": PINPAD,
    "pinpad-display": PINPAD_DISPLAY,
    "two-slot": TWO_SLOT,
    "three-slot": THREE_SLOT,
    "security-key": SECURITY_KEY,
}
"""Our models by their names on the command line."""


def at_level(model: Model, level: ExchangeLevel) -> Model:
    """Return the reader with another exchange level, and messages as long as that level needs."""
    descriptor = model.descriptor
    longest = descriptor.dwMaxCCIDMessageLength
    if level is not ExchangeLevel.EXTENDED_APDU:
        longest = 271
    features = descriptor.dwFeatures & ~EXCHANGE_MASK | level
    if level in (ExchangeLevel.TPDU, ExchangeLevel.CHARACTER):
        features &= ~(Features.AUTO_PPS | Features.AUTO_IFSD | Features.AUTO_NEGOTIATION)
    return replace(
        model,
        descriptor=replace(descriptor, dwFeatures=features, dwMaxCCIDMessageLength=longest),
    )
