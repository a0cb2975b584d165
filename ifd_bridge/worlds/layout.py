"""Lays out the readers of a world: a Place for each, with its cards in the trays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from readers.models import Model

from ..trace import Stream
from . import reader_models
from .place import Place

if TYPE_CHECKING:  # few worlds wrap their cards
    from .wrapping import Wrapper


Wanted = tuple[str | Model, str | Sequence[str] | None]
"""A model (or its name on the command line), and the SPEC of its card, or one for each slot."""


class Layout:
    """Makes the places of one world: each reports to its trace, and wraps its cards alike."""

    def __init__(self, trace: Stream, wrappers: Sequence[Wrapper] = ()) -> None:
        self.trace = trace
        self._wrappers = wrappers
        self.faults: tuple[Sequence[str], int] = (), 0
        """The faults of every reader and card, and the seed of random ones."""

    def places(self, readers: Iterable[Wanted], first: int = 0) -> list[Place]:
        """The places of these readers, numbered from `first`; ValueError if one cannot be."""
        made: list[Place] = []
        for model, cards in readers:
            made += self._device(model, cards, first + len(made))
        return made

    def _device(
        self, model: str | Model, cards: str | Sequence[str] | None, first: int
    ) -> list[Place]:
        """One device, whose interfaces may be several readers; the cards are in the first one."""
        known = reader_models.models(model) if isinstance(model, str) else [model]
        if not cards and any(one.is_token for one in known):
            raise ValueError(f"the card of {known[0].name!r} is built in: name it, by --card")
        places = [
            Place(number, one, self.trace, self._wrappers)
            for number, one in enumerate(known, first)
        ]
        for place in places:
            place.break_by(*self.faults)
        for slot, card in enumerate([cards] if isinstance(cards, str) else cards or ()):
            if card:
                places[0].tray(slot).load(card)
        return places
