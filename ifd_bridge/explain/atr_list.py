"""The cards known by their ATR: the list of pcsc-tools, read where it is installed.

The list has a line with an ATR (a regular expression over spaced hex) and below it lines that
begin with a tab, one for each card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LIST = Path("/usr/share/pcsc/smartcard_list.txt")
_PLAIN = re.compile(r"[0-9A-F]{2}( ?[0-9A-F]{2})*")


@dataclass(frozen=True, slots=True)
class Entry:
    """An ATR of the list, which may be a pattern, and the cards that have it."""

    pattern: str
    cards: tuple[str, ...] = ()

    @property
    def raw(self) -> bytes | None:
        """The ATR itself; None if the entry is a pattern for several."""
        return bytes.fromhex(self.pattern) if _PLAIN.fullmatch(self.pattern) else None

    def matches(self, raw: bytes) -> bool:
        """Whether an ATR is this one."""
        plain = self.raw
        if plain is not None:
            return plain == raw
        try:
            return re.fullmatch(self.pattern, raw.hex(" ").upper()) is not None
        except re.error:
            return False


def parse(lines: Iterable[str]) -> Iterator[Entry]:
    """The entries of a list; a file with nothing but ATRs is one, too."""
    pattern, cards = "", list[str]()
    for line in lines:
        text = line.strip()
        if line.startswith(("\t", " ")):
            cards.append(text)
        elif text and not text.startswith("#"):
            if pattern:
                yield Entry(pattern, tuple(cards))
            pattern, cards = text.upper(), []
    if pattern:
        yield Entry(pattern, tuple(cards))


def read(path: Path = LIST) -> list[Entry]:
    """The entries of a file; none if it does not exist."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", errors="replace") as lines:
        return list(parse(lines))


def known_cards(raw: bytes, entries: Iterable[Entry]) -> list[str]:
    """The cards whose ATR this may be, the exact ones first."""
    found = [entry for entry in entries if entry.matches(raw)]
    found.sort(key=lambda entry: entry.raw is None)
    return list(dict.fromkeys(card for entry in found for card in entry.cards))
