"""The presence of the card in a slot, and its watchers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a card is in the slot, and how many have been taken out of it so far."""

    present: bool
    removals: int


class Watcher(Protocol):
    """A watcher of a slot. Called with the reader's lock held, so it must be quick."""

    def moved(self, presence: Presence) -> None:
        """A card came or went."""

    def abandoned(self) -> None:
        """The card went while it computed: the call under way must be answered without it."""


class Source(Protocol):
    """The source of a reader's card movements: its cable."""

    @property
    def slots(self) -> int:
        """The number of slots of the reader."""

    def presence(self, slot: int) -> Presence:
        """Return the current presence."""

    def watch(self, slot: int, watcher: Watcher) -> Presence:
        """Report every later movement to `watcher`; returns the current presence."""

    def unwatch(self, slot: int, watcher: Watcher) -> None:
        """Stop reports to `watcher`; harmless if there were none."""

    def abandon(self, slot: int) -> None:
        """Give up what is under way in a slot, if anything."""


class AbandonedError(Exception):
    """Another thread has already answered this call; unwind without replying."""
