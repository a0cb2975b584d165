"""Our own reader models, and the table of all models by name (those of real readers: `real`)."""

from __future__ import annotations

from dataclasses import replace

from ..ccid.descriptor import EXCHANGE_MASK, Descriptor, ExchangeLevel, Features, PinSupport
from .model import Model
from .real import REAL_MODELS

ALL_PIN = PinSupport.VERIFICATION | PinSupport.MODIFICATION

PLAIN = Model("Virtual Reader", product_name="Virtual Reader")
PINPAD = Model(
    "Virtual PIN Pad",
    product_name="Virtual PIN Pad",
    product_id=0x0002,
    descriptor=Descriptor(bPINSupport=ALL_PIN),
)
PINPAD_DISPLAY = Model(
    "Virtual PIN Pad with Display",
    product_name="Virtual PIN Pad with Display",
    product_id=0x0003,
    descriptor=Descriptor(bPINSupport=ALL_PIN, wLcdLayout=0x0210),
)
TWO_SLOT = Model(
    "Virtual Two-Slot Reader",
    product_name="Virtual Two-Slot Reader",
    product_id=0x0004,
    descriptor=Descriptor(bMaxSlotIndex=1, bMaxCCIDBusySlots=2),
)
THREE_SLOT = Model(
    "Virtual Three-Slot Reader",
    product_name="Virtual Three-Slot Reader",
    product_id=0x0005,
    descriptor=Descriptor(bMaxSlotIndex=2, bMaxCCIDBusySlots=3),
)

MODELS: dict[str, Model] = {
    "plain": PLAIN,
    "pinpad": PINPAD,
    "pinpad-display": PINPAD_DISPLAY,
    "two-slot": TWO_SLOT,
    "three-slot": THREE_SLOT,
    **REAL_MODELS,
}
"""Every model by the name it has on the command line."""


def at_level(model: Model, level: ExchangeLevel) -> Model:
    """The same reader with another exchange level, and messages as long as that level needs."""
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
