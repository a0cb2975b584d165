"""Which exchange strategy serves which exchange level."""

from __future__ import annotations

from collections.abc import Callable

from ..ccid.descriptor import Descriptor, ExchangeLevel
from ..slot import Exchange
from .apdu import ExtendedApdu, ShortApdu
from .character import Character
from .tpdu import Tpdu

LEVELS: dict[ExchangeLevel, Callable[[int], Exchange]] = {
    ExchangeLevel.CHARACTER: Character,
    ExchangeLevel.TPDU: Tpdu,
    ExchangeLevel.SHORT_APDU: ShortApdu,
    ExchangeLevel.EXTENDED_APDU: ExtendedApdu,
}
"""Made for each slot, from dwMaxCCIDMessageLength."""


def exchange_for(descriptor: Descriptor) -> Exchange:
    """The strategy for one slot."""
    return LEVELS[descriptor.exchange_level](descriptor.dwMaxCCIDMessageLength)
