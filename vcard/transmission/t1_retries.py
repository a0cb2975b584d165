"""The host's retries over T=1: their numbers, and how many of an exchange are left.

Spec: ISO/IEC 7816-3, 11.6.3 (rules 6.4 and 7.4.2).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of the host's retries.

    `tries` for a block before it resynchronises (rule 7.4.2), `resynchronisations` before it
    gives up (rule 6.4), `patience` blocks without any progress. `whole`: after a
    resynchronisation the whole APDU is sent again (rule 6.3); libccid sends only what the card
    had not acknowledged, which a card takes for another APDU.
    """

    tries: int = 3
    resynchronisations: int = 3
    patience: int = 4096
    whole: bool = True


class Retries:
    """The retries that are left: of a block, of resynchronisation, of blocks without progress."""

    __slots__ = ("_furthest", "_patience", "_resynchronisations", "_rules", "_tries")

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._resynchronisations = rules.resynchronisations
        self.begin()

    def begin(self) -> None:
        """Start an exchange or a negotiation; resynchronisations stay."""
        self._tries = self._rules.tries
        self._patience = self._rules.patience
        self._furthest = 0

    def spend(self) -> bool:
        """Count a block, or its absence; False if there have been too many without progress."""
        self._tries -= 1
        self._patience -= 1
        return self._patience >= 0

    @property
    def used_up(self) -> bool:
        """Whether the block may not be tried again."""
        return self._tries <= 0

    def renew(self) -> None:
        """Allow all tries again: the card sent an error-free block."""
        self._tries = self._rules.tries

    def progressed(self, done: int) -> None:
        """Allow all blocks without progress again, if more bytes are `done` than before."""
        if done > self._furthest:
            self._furthest = done
            self._patience = self._rules.patience

    def resynchronise(self) -> bool:
        """Allow one try of a resynchronisation; False if there have been too many."""
        if self._resynchronisations == 0:
            return False
        self._resynchronisations -= 1
        self._tries = 1
        return True

    def resynchronised(self) -> None:
        """Allow all resynchronisations again."""
        self._resynchronisations = self._rules.resynchronisations
