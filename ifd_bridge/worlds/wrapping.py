"""What is put around every card of a world: faults on purpose, a recorder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from vcard import Contact

from ..cards.attachment import Slots


@dataclass(frozen=True, slots=True)
class Where:
    """The slot that a card goes into, and what a wrapper may ask of it."""

    number: int
    slot: int
    remove: Callable[[], None]
    """Takes the card out."""
    tell: Callable[[str], None]
    """Shows in the trace that a fault struck."""
    below_apdu: bool = False
    """The reader exchanges blocks or characters with its card."""


Wrapper = Callable[[Contact, Where], Contact]
NO_BLOCKS = "this reader hides the card's blocks from its host; --reader gemalto-pc-twin shows them"


class Wrapped:
    """Slots whose cards are wrapped as they come; for Attachments."""

    def __init__(self, reader: Slots, wrap: Callable[[Contact], Contact]) -> None:
        self._reader = reader
        self._wrap = wrap

    def insert(self, card: Contact, slot: int = 0) -> None:
        """Put the wrapped card in."""
        self._reader.insert(self._wrap(card), slot)

    def eject(self, slot: int = 0) -> None:
        """Take it out."""
        self._reader.eject(slot)


def faulty(texts: Iterable[str], seed: int = 0) -> Wrapper:
    """Faults in every card, as `--fault` names them; ValueError for one that is none."""
    from vcard.doubles import Faults, fault_text

    lines = tuple(texts)
    for line in lines:
        fault_text.parse(line, Faults())
    deep = [line for line in lines if fault_text.occasion(line) in fault_text.BELOW_APDU]

    def wrap(card: Contact, where: Where) -> Contact:
        if deep and not where.below_apdu:
            raise ValueError(f"the fault {deep[0]!r}: {NO_BLOCKS}")
        faults = Faults(seed, where.tell)
        for line in lines:
            fault_text.parse(line, faults)
        made = faults.around(card)
        made.on_action = lambda _: where.remove()
        return made

    return wrap


class Recording:
    """Records every card's exchanges: the first card in `path`, others beside it.

    The other files are named after the reader and slot, `name.1-0.txt` for `name.txt`. Lines are
    written as they happen. OSError if a file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[tuple[int, int], TextIO] = {}
        self._open((0, 0))

    def __call__(self, card: Contact, where: Where) -> Contact:
        """Put a recorder around a card."""
        from vcard.doubles import Recorder

        file = self._open((where.number, where.slot))

        def write(line: str) -> None:
            if file.tell() == 0 or not line.startswith("#"):
                print(line, file=file, flush=True)

        return Recorder(card, write, time.monotonic)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _open(self, place: tuple[int, int]) -> TextIO:
        if place not in self._files:
            path = self._path
            if place != (0, 0):
                path = path.with_stem(f"{path.stem}.{place[0]}-{place[1]}")
            self._files[place] = path.open("w")
        return self._files[place]
