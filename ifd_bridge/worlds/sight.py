"""Waits until pcscd has noticed card movements, so that the next PC/SC call sees them.

The criterion is pcscd's event counter, not "a card is present": after a quick swap, the card that
pcscd remembers is not the one that is there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from readers import CcidReader

from ..pcscd.reader_states import SEEN_TIMEOUT_S, Seen, names_of, reader_states, wait_until

Counted = Callable[[Seen], bool]


class Sight:
    """The view that the pcscd at `socket` has of `readers`, which may come and go.

    `plugged` says which of them it has to have, `shown` what it makes of a reader's name.
    """

    def __init__(
        self,
        socket: Path,
        readers: Mapping[int, CcidReader],
        plugged: Callable[[int], bool],
        shown: Callable[[str], str] = str,
    ) -> None:
        self._shown = shown
        self._socket = socket
        self._readers = readers
        self._plugged = plugged

    def watch(self) -> None:
        """Make a reader's `insert` and `eject` return when pcscd has seen the movement.

        Not in daemon threads: a card's own code runs in one, and pcscd may be waiting for it.
        """
        for number, reader in self._readers.items():
            reader.moved = self._moved(number)

    def wait_for_slot(
        self, number: int, slot: int, counted: Counted | None = None, *, at_once: bool = True
    ) -> None:
        """Wait until pcscd sees of a slot what the reader has there; TimeoutError after 10 s.

        `counted` says whether it has counted all movements, where that can be known; `at_once` is
        False where it cannot have seen the last one yet. Nothing is waited for where the reader is
        unplugged or pcscd has ended.
        """
        reader = self._readers[number]

        def right() -> bool:
            seen = self.look(number, slot)
            if seen is None:
                return not self._alive()
            present = reader.slots[slot].card is not None
            return seen.present == present and (counted is None or counted(seen))

        if self._plugged(number) and not wait_until(right, at_once=at_once):
            what = "the card" if reader.slots[slot].card else "the card's removal"
            raise TimeoutError(
                f"pcscd has not seen {what} in {reader.model.name!r} for {SEEN_TIMEOUT_S:.0f} s"
            )

    def wait_for_reader(self, number: int) -> None:
        """Wait until pcscd lists a plugged reader, or an unplugged one no more; TimeoutError.

        pcscd makes and drops the slots of a reader one after the other.
        """
        model = self._readers[number].model
        wanted = self._plugged(number)
        alike = [n for n in self._alike(number) if self._plugged(n)]

        def right() -> bool:
            try:
                known = reader_states(self._socket)
            except OSError:
                return True
            return all(
                len(names_of(known, self._shown(model.name), slot)) == len(alike)
                for slot in range(model.slots)
            )

        if not wait_until(right):
            name = model.name
            how = "has not found" if wanted else "still has"
            raise TimeoutError(f"pcscd {how} {name!r} after {SEEN_TIMEOUT_S:.0f} s")

    def look(self, number: int, slot: int) -> Seen | None:
        """Return the slot as pcscd sees it; None if it does not have the reader, or has ended."""
        try:
            known = reader_states(self._socket)
        except OSError:
            return None
        names = names_of(known, self._shown(self._readers[number].model.name), slot)
        if not self._plugged(number):
            return None
        position = [n for n in self._alike(number) if self._plugged(n)].index(number)
        return known[names[position]] if position < len(names) else None

    def _alive(self) -> bool:
        try:
            reader_states(self._socket)
        except OSError:
            return False
        return True

    def _alike(self, number: int) -> list[int]:
        name = self._readers[number].model.name
        return [n for n, one in self._readers.items() if one.model.name == name]

    def _moved(self, number: int) -> Callable[[int], None]:
        def moved(slot: int) -> None:
            if not threading.current_thread().daemon:
                self.wait_for_slot(number, slot, at_once=False)

        return moved
