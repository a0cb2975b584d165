"""Faults on purpose, of a reader and of the cards in it, from the texts of `--fault`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from readers import fault_text
from readers.faults import ReaderFaults

if TYPE_CHECKING:  # few faults are a card's
    from .wrapping import Wrapper


def parsed(
    texts: Sequence[str], seed: int, tell: Callable[[int, str], None], *, below_apdu: bool
) -> tuple[Wrapper | None, ReaderFaults | None]:
    """The wrapper of cards and the faults of a reader that texts describe; None for none.

    `tell` gets the slot and what struck. `below_apdu` says whether the reader shows the blocks of
    its card. ValueError for a text that is no fault here.
    """
    of_readers = [text for text in texts if fault_text.is_reader_fault(text)]
    of_cards = [text for text in texts if text not in of_readers]
    faults = [fault_text.parse(text) for text in of_readers]
    return (
        _of_cards(of_cards, seed, below_apdu=below_apdu) if of_cards else None,
        ReaderFaults(*faults, on_strike=tell) if faults else None,
    )


def _of_cards(texts: Sequence[str], seed: int, *, below_apdu: bool) -> Wrapper:
    from .wrapping import faulty, need_blocks

    made = faulty(texts, seed)
    need_blocks(texts, below_apdu=below_apdu)
    return made
