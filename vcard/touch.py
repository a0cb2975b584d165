"""A card's button, and the user who touches it or not.

A card asks, waits in steps of its own time, and looks at the verdict after each. A touch before the
question is kept for it, as keys are queued for a PIN pad.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Self

from .command import Later, Reply

TIMEOUT_S = 30.0
STEP_S = 0.1
"""Interval in seconds at which a card looks again."""


class Verdict(Enum):
    """The end of a wait for a touch."""

    TOUCHED = "touched"
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"


class Touch:
    """The button of a card, together with its user.

    `after`: the user touches unprompted, this many seconds after the question; None: only `press`
    touches. `pressable` False ignores presses; `refuses` says no at once.
    ValueError if a time is negative.
    """

    def __init__(
        self,
        after: float | None = 0.0,
        *,
        pressable: bool = True,
        refuses: bool = False,
        timeout: float = TIMEOUT_S,
    ) -> None:
        if not (0 <= (after or 0.0) < math.inf and timeout >= 0):
            raise ValueError("a touch comes after 0 seconds or more")
        self.after = after
        self.pressable = pressable
        self.refuses = refuses
        self.timeout = timeout
        self.wanted = False
        self.changed: Callable[[], None] | None = None
        """Called when `wanted` changes, by whatever thread changes it."""
        self._pressed = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `auto`, `press`, `never`, `refuse` or a number of seconds; ValueError for others."""
        named: dict[str, Callable[[], Self]] = {
            "auto": cls,
            "press": lambda: cls(None),
            "never": lambda: cls(None, pressable=False),
            "refuse": lambda: cls(refuses=True),
        }
        return named[text]() if text in named else cls(float(text))

    def ask(self) -> None:
        """Ask for a touch."""
        self._want(wanted=True)

    def verdict(self, waited: float) -> Verdict | None:
        """The verdict `waited` seconds after `ask`; None while the user has not decided."""
        found = self._decided(waited)
        if found is not None:
            self._pressed = False
            self._want(wanted=False)
        return found

    def _decided(self, waited: float) -> Verdict | None:
        if self.refuses:
            return Verdict.REFUSED
        if self._pressed or (self.after is not None and self.after <= min(waited, self.timeout)):
            return Verdict.TOUCHED
        return Verdict.TIMED_OUT if waited >= self.timeout else None

    def press(self) -> None:
        """Touch the card; if it does not ask now, the touch counts for its next question."""
        self._pressed = self.pressable

    def stop(self) -> None:
        """Withdraw the question: no touch is wanted any more."""
        self._want(wanted=False)

    def reset(self) -> None:
        """Power-up: nothing is wanted, and no earlier touch counts."""
        self._pressed = False
        self.stop()

    def _want(self, *, wanted: bool) -> None:
        if wanted is not self.wanted:
            self.wanted = wanted
            if self.changed is not None:
                self.changed()


def when_touched(touch: Touch, work: Callable[[], Reply], otherwise: Reply) -> Reply:
    """Ask for a touch, and do `work` once it has come; answer `otherwise` if it does not."""
    touch.ask()
    return _look(touch, work, otherwise, 0)


def _look(touch: Touch, work: Callable[[], Reply], otherwise: Reply, steps: int) -> Reply:
    verdict = touch.verdict(steps * STEP_S)
    if verdict is None:
        return Later(STEP_S, lambda: _look(touch, work, otherwise, steps + 1))
    return work() if verdict is Verdict.TOUCHED else otherwise
