"""Which exchange strategy serves which exchange level."""

from __future__ import annotations

from collections.abc import Callable

from .apdu import ExtendedApdu, ShortApdu
from .descriptor import Descriptor, ExchangeLevel
from .exchange import Exchange

LEVELS: dict[ExchangeLevel, Callable[[int], Exchange]] = {
    ExchangeLevel.SHORT_APDU: ShortApdu,
    ExchangeLevel.EXTENDED_APDU: ExtendedApdu,
}
"""Made for each slot, from dwMaxCCIDMessageLength."""


def exchange_for(descriptor: Descriptor) -> Exchange:
    """The strategy for one slot; ValueError if there is none for the level."""
    level = descriptor.exchange_level
    if level not in LEVELS:
        raise ValueError(f"no strategy for the exchange level {level.name}")
    return LEVELS[level](descriptor.dwMaxCCIDMessageLength)
