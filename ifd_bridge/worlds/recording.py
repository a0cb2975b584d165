"""A recorder around every card of a world."""

from __future__ import annotations

import time
from pathlib import Path

from vcard import Contact
from vcard.doubles import Recorder

from ..system.written_file import WrittenFile
from .wrapping import Where


class Recording:
    """Records every card's exchanges: the first card in `path`, others beside it.

    The other files are named after the reader and slot, `name.1-0.txt` for `name.txt`. Lines are
    written as they happen. OSError if a file cannot be opened at the start; what fails later is in
    `failures`, and told, and no card waits for it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[tuple[int, int], WrittenFile] = {}
        self._headed: set[tuple[int, int]] = set()
        self._open((0, 0))

    def __call__(self, card: Contact, where: Where) -> Contact:
        """Put a recorder around a card."""
        place = where.number, where.slot
        begun = place in self._headed
        file = self._files.get(place) or self._open(place)
        self._headed.add(place)

        def write(line: str) -> None:
            if not (begun and line.startswith("#")):
                file.line(line)

        return Recorder(card, write, time.monotonic)

    @property
    def failures(self) -> list[str]:
        """The files in which something is missing."""
        return [file.path for file in self._files.values() if file.failure]

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _open(self, place: tuple[int, int]) -> WrittenFile:
        path = self._path
        if place != (0, 0):
            path = path.with_stem(f"{path.stem}.{place[0]}-{place[1]}")
        self._files[place] = WrittenFile(path)
        return self._files[place]
