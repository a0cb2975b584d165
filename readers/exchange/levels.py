"""The exchange strategy of each exchange level."""

from __future__ import annotations

from collections.abc import Callable

from ..ccid.codes import HEADER_SIZE
from ..ccid.descriptor import ExchangeLevel
from ..models.model import Model
from ..models.quirks import Quirk
from ..slot import Exchange
from .apdu import ExtendedApdu, ShortApdu


def _character(room: int) -> Exchange:
    from .character import Character  # T=0 and T=1 are imported where a reader needs them

    return Character(room)


def _tpdu(room: int) -> Exchange:
    from .tpdu import Tpdu  # the same

    return Tpdu(room)


LEVELS: dict[ExchangeLevel, Callable[[int], Exchange]] = {
    ExchangeLevel.CHARACTER: _character,
    ExchangeLevel.TPDU: _tpdu,
    ExchangeLevel.SHORT_APDU: ShortApdu,
    ExchangeLevel.EXTENDED_APDU: ExtendedApdu,
}
"""Creates the strategy for a slot, from the length in bytes of the longest abData."""


def exchange_for(model: Model) -> Exchange:
    """Return the strategy for one slot.

    Pieces of a response are as long as the descriptor claims, since the host's buffer may be no
    longer; a whole response may be as long as the hardware's own buffer.
    """
    level = model.descriptor.exchange_level
    if level is ExchangeLevel.SHORT_APDU and model.has(Quirk.CHAINS_SHORT_APDU):
        level = ExchangeLevel.EXTENDED_APDU
    if level is ExchangeLevel.EXTENDED_APDU:
        return ExtendedApdu(max(1, model.descriptor.dwMaxCCIDMessageLength - HEADER_SIZE))
    return LEVELS[level](model.room)
