"""Power cuts at writes of a card's memory, for every card's tearing tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import pytest

from vcard import PowerLost, RamStore, Value
from vcard.memory import Changes


class Torn(RamStore):
    """A store with `values` whose power fails at write `fail_at` (0: never), counted from `cut`.

    The write is lost, or with `kept` it is the last one.
    """

    def __init__(self, values: Mapping[str, Value] | None = None, fail_at: int = 0) -> None:
        super().__init__()
        if values:
            super().commit(dict(values))
        self.fail_at, self.kept, self.writes = fail_at, False, 0

    def cut(self, fail_at: int = 0, *, kept: bool = False) -> None:
        """Count the writes from now on, and fail at one of them."""
        self.writes, self.fail_at, self.kept = 0, fail_at, kept

    def commit(self, changes: Changes) -> None:
        """Keep the changes, as long as there is power."""
        self.writes += 1
        failing = self.writes == self.fail_at
        if not failing or self.kept:
            super().commit(changes)
        if failing:
            raise PowerLost


Host = TypeVar("Host")
Prepare = Callable[[], tuple[Host, Torn]]
Values = dict[str, Value]


def whole_run(
    prepared: Prepare[Host], step: Callable[[Host], object]
) -> tuple[Values, Values, int]:
    """Do a step without a power cut; return the values before and after it, and the number of
    writes."""
    host, store = prepared()
    old = store.load()
    store.cut()
    step(host)
    return old, store.load(), store.writes


def cut_run(
    prepared: Prepare[Host], step: Callable[[Host], object], number: int, *, kept: bool
) -> tuple[Host, Values, Values]:
    """Cut the power at a write of a step; the values before and after, the card still mute."""
    host, store = prepared()
    old = store.load()
    store.cut(number, kept=kept)
    with pytest.raises(AssertionError):
        step(host)  # the card is mute: no answer to read
    store.cut()
    return host, old, store.load()


def cut_runs(
    prepared: Prepare[Host], step: Callable[[Host], object], *, kept: bool
) -> Iterator[tuple[Host, Values, Values, bool]]:
    """Cut the power at each write of a step: all its changes are there, or none.

    Yields the result of `cut_run`, and whether it was the last write.
    """
    old, done, writes = whole_run(prepared, step)
    whole = changed(old, done)
    assert writes
    for number in range(1, writes + 1):
        host, old, new = cut_run(prepared, step, number, kept=kept)
        assert changed(old, new) in (set(), whole)
        yield host, old, new, number == writes


def is_counter(name: str) -> bool:
    """Tell whether a value counts the tries of a PIN: those are checked one by one."""
    return name.endswith(".tries")


def changed(before: Mapping[str, Value], after: Mapping[str, Value]) -> set[str]:
    """The names of the values that differ, counters left out."""
    names = {name for name in (*before, *after) if not is_counter(name)}
    return {name for name in names if before.get(name) != after.get(name)}


Lived = TypeVar("Lived")


def power_cuts(
    new: Callable[[Torn], Lived], live: Callable[[Lived], object], *, kept: bool, least: int
) -> Iterator[tuple[Torn, Lived]]:
    """Cut the power at each write of a life, one life after another.

    `new` makes an object on a store, `live` uses it until the cut. Yields each store, with power
    again, and its object. A whole life takes at least `least` writes.
    """
    store = Torn()
    lived = new(store)
    store.cut()
    live(lived)
    total = store.writes
    assert total >= least
    for at in range(1, total + 1):
        store = Torn()
        lived = new(store)
        store.cut(at, kept=kept)
        live(lived)
        store.cut()
        yield store, lived
