"""Insert a card and wait for pcscd's power-up, for programs that look at once."""

from __future__ import annotations

import threading

from readers import CcidReader
from vcard import Card

END_S = 60.0


def insert_powered(reader: CcidReader, card: Card) -> None:
    """Put a card in and wait until pcscd has powered it: a program might look too early."""
    powered, power_up = threading.Event(), card.power_up

    def watched() -> bytes | None:
        atr = power_up()
        powered.set()
        return atr

    card.power_up = watched  # type: ignore[method-assign]
    reader.insert(card)
    assert powered.wait(END_S)
