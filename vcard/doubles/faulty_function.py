"""A card's bus function, with the effects of faults on its supply and its presence."""

from __future__ import annotations

from collections.abc import Callable

from ..hid import HidFunction


class Supply:
    """The effect of a fault on a bus function; it is applied once the function has returned."""

    def __init__(self, act: Callable[[str], None]) -> None:
        self._act = act
        self._blinks = False
        self._actions: list[str] = []

    def power_down(self) -> None:
        """Let the supply fail."""
        self._blinks = True

    def power_up(self) -> None:
        """Let it return."""

    def act(self, action: str) -> None:
        """Have the reader do something with the card."""
        self._actions.append(action)

    def settle(self, function: HidFunction, now: float) -> None:
        """Do what was asked for meanwhile."""
        if self._blinks:
            self._blinks = False
            function.power_up(now)
        while self._actions:
            self._act(self._actions.pop(0))


class FaultyFunction:
    """A function that passes on everything, and settles with its supply after each step."""

    def __init__(self, function: HidFunction, supply: Supply) -> None:
        self._function, self._supply = function, supply

    def power_up(self, now: float) -> None:
        """Pass on."""
        self._function.power_up(now)

    def receive(self, report: bytes, now: float) -> list[bytes]:
        """Pass on."""
        reports = self._function.receive(report, now)
        self._supply.settle(self._function, now)
        return reports

    def tick(self, now: float) -> list[bytes]:
        """Pass on."""
        reports = self._function.tick(now)
        self._supply.settle(self._function, now)
        return reports

    @property
    def deadline(self) -> float | None:
        """The time of the next `tick`."""
        return self._function.deadline
