"""The conditions at which a fault strikes, and its effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol, Self

from ..contact import Busy, changed
from ..sw import SW
from .numbers import checked_seconds
from .pattern import Pattern

Reply = bytes | Busy | None


class Target(Protocol):
    """The card that a fault strikes."""

    def power_up(self) -> object:
        """Give it power, or reset it."""

    def power_down(self) -> None:
        """Take its power away."""

    def act(self, action: str) -> None:
        """Have the reader do something with it."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One occasion at which a fault strikes; `answer()` is what the card itself says."""

    card: Target
    answer: Callable[[], Reply]


Effect = Callable[[Strike], Reply]


@dataclass(slots=True)
class Count:
    """The occasions at which a fault strikes, by their number."""

    first: int = 1
    limit: int | None = None
    seen: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Count one occasion; True if it is one of those."""
        self.seen += 1
        if self.seen < self.first or (self.limit is not None and self.struck >= self.limit):
            return False
        self.struck += 1
        return True


class Trigger:
    """A fault: its methods say what happens at the occasions it was made for.

    `pattern` restricts it to some commands; `warm` to cold resets (False) or warm ones (True);
    `dice` makes what is random.
    """

    def __init__(
        self,
        dice: Random,
        name: str,
        pattern: Pattern | None = None,
        *,
        warm: bool | None = None,
    ) -> None:
        self.dice = dice
        self.name = name
        self.pattern = pattern
        self.warm = warm
        self.count = Count()
        self.effect: Effect | None = None

    def nth(self, number: int, *, count: int | None = 1) -> Self:
        """Strike from the `number`th occasion on (1 is the first), `count` times (None: ever)."""
        self.count = Count(number, count)
        return self

    def mute(self) -> Self:
        """The card gives no answer."""
        return self._do("mute", lambda _: None)

    def delay(self, seconds: float) -> Self:
        """The right answer, `seconds` (0..86,400) late; the reader asks for time meanwhile."""
        checked_seconds("delay", seconds)
        return self._do(f"delay {seconds} s", lambda strike: Busy(seconds, strike.answer))

    def status(self, sw: SW | int) -> Self:
        """The command is not done; `sw` alone is answered."""
        raw = SW(int(sw)).raw
        return self._do(f"status {raw.hex().upper()}", lambda _: raw)

    def answer(self, raw: bytes) -> Self:
        """The command is not done; `raw` is answered, whatever it is."""
        return self._do(f"answer {raw.hex(' ').upper()}", lambda _: raw)

    def cut(self, length: int) -> Self:
        """The right answer, cut after `length` bytes."""
        return self._change(f"cut to {length} bytes", lambda answer: answer[:length])

    def oversize(self, length: int = 70000) -> Self:
        """The right answer, its data blown up so that it has `length` bytes."""

        def blow_up(answer: bytes) -> bytes:
            return answer[:-2].ljust(length - 2, b"\xa5") + answer[-2:]

        return self._change(f"oversize {length}", blow_up)

    def hostile(self) -> Self:
        """Random bytes of random length (0..300) instead of the answer, by the seed."""
        dice = self.dice
        return self._do("hostile answer", lambda _: dice.randbytes(dice.randrange(301)))

    def remove(self) -> Self:
        """The card is pulled out in the middle of the command."""
        return self._do("remove", lambda strike: strike.card.act("remove"))

    def reset(self) -> Self:
        """The supply fails and returns while the command runs: volatile state is gone."""

        def blink(strike: Strike) -> None:
            strike.card.power_down()
            strike.card.power_up()

        return self._do("reset", blink)

    def _change(self, text: str, change: Callable[[bytes], bytes]) -> Self:
        def broken(answer: bytes | None) -> bytes | None:
            return None if answer is None else change(answer)

        return self._do(text, lambda strike: changed(strike.answer(), broken))

    def _do(self, text: str, effect: Effect) -> Self:
        self.name = f"{self.name}: {text}"
        self.effect = effect
        return self
