"""Wrappers around every card of a world, and faults on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vcard import Contact

from ..cards.attachment import Slots


@dataclass(frozen=True, slots=True)
class Where:
    """The slot that a card goes into, and what a wrapper may ask of it."""

    number: int
    slot: int
    remove: Callable[[], None]
    """Takes the card out."""
    tell: Callable[[str], None]
    """Shows in the trace that a fault struck."""
    below_apdu: bool = False
    """The reader exchanges blocks or characters with its card."""


Wrapper = Callable[[Contact, Where], Contact]
NO_BLOCKS = "this reader hides the card's blocks from its host; --reader gemalto-pc-twin shows them"


class Wrapped:
    """Slots whose cards are wrapped as they come; for Attachments."""

    def __init__(self, reader: Slots, wrap: Callable[[Contact, int], Contact]) -> None:
        self._reader = reader
        self._wrap = wrap

    def insert(self, card: Contact, slot: int = 0) -> None:
        """Put in the card, wrapped for this slot."""
        self._reader.insert(self._wrap(card, slot), slot)

    def eject(self, slot: int = 0) -> None:
        """Take it out."""
        self._reader.eject(slot)


def faulty(texts: Iterable[str], seed: int = 0) -> Wrapper:
    """Faults in every card, as `--fault` names them; ValueError if one is malformed."""
    from vcard.doubles import Faults, fault_text

    lines = tuple(texts)
    for line in lines:
        fault_text.parse(line, Faults())

    def wrap(card: Contact, where: Where) -> Contact:
        need_blocks(lines, below_apdu=where.below_apdu)
        faults = Faults(seed, where.tell)
        for line in lines:
            fault_text.parse(line, faults)
        made = faults.around(card)
        made.on_action = lambda _: where.remove()
        return made

    return wrap


def need_blocks(texts: Iterable[str], *, below_apdu: bool) -> None:
    """ValueError for a fault of blocks where the reader exchanges APDUs with its host."""
    from vcard.doubles import fault_text

    for text in texts:
        if not below_apdu and fault_text.occasion(text) in fault_text.BELOW_APDU:
            raise ValueError(f"the fault {text!r}: {NO_BLOCKS}")
