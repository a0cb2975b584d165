"""What the bridge knows about the card in a slot, and who is told when it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a card is in the slot, and how many have been taken out of it so far."""

    present: bool
    removals: int


class Watcher(Protocol):
    """Who wants to know about a slot. Called with the reader's lock held: be quick."""

    def moved(self, presence: Presence) -> None:
        """A card came or went."""

    def abandoned(self) -> None:
        """The card went while it computed: the call under way must be answered without it."""


class Source(Protocol):
    """Where the movements of a reader's cards are known: its cable."""

    @property
    def slots(self) -> int:
        """How many slots the reader has."""

    def presence(self, slot: int) -> Presence:
        """What is known of a slot now."""

    def watch(self, slot: int, watcher: Watcher) -> Presence:
        """Tell `watcher` about every movement from now on; returns where it starts."""

    def unwatch(self, slot: int, watcher: Watcher) -> None:
        """Tell `watcher` no more; harmless if it was not told."""

    def abandon(self, slot: int) -> None:
        """Give up what is under way in a slot, if anything."""


class AbandonedError(Exception):
    """Another thread has already answered this call; unwind without replying."""
