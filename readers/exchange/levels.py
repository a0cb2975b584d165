"""Which exchange strategy serves which exchange level."""

from __future__ import annotations

from collections.abc import Callable

from ..ccid.descriptor import Descriptor, ExchangeLevel
from ..slot import Exchange
from .apdu import ExtendedApdu, ShortApdu


def _character(max_message: int) -> Exchange:
    from .character import Character  # T=0 and T=1 are imported where a reader needs them

    return Character(max_message)


def _tpdu(max_message: int) -> Exchange:
    from .tpdu import Tpdu  # the same

    return Tpdu(max_message)


LEVELS: dict[ExchangeLevel, Callable[[int], Exchange]] = {
    ExchangeLevel.CHARACTER: _character,
    ExchangeLevel.TPDU: _tpdu,
    ExchangeLevel.SHORT_APDU: ShortApdu,
    ExchangeLevel.EXTENDED_APDU: ExtendedApdu,
}
"""Made for each slot, from dwMaxCCIDMessageLength."""


def exchange_for(descriptor: Descriptor) -> Exchange:
    """The strategy for one slot."""
    return LEVELS[descriptor.exchange_level](descriptor.dwMaxCCIDMessageLength)
