"""pcscd's filter of reader names, which users set in its environment.

Spec: pcscd(8), "Configuration file"; pcsc-lite, readerfactory.c (RFAddReader).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

IGNORE, EXTEND = "PCSCLITE_FILTER_IGNORE_READER_NAMES", "PCSCLITE_FILTER_EXTEND_READER_NAMES"
VARIABLES = (IGNORE, EXTEND)
MAX_NAME = 121
"""Bytes of a reader's name, before the numbers of reader and slot."""


class NameFilter(NamedTuple):
    """Readers whose name has a part of `ignored` are hidden, the others' names end in `added`."""

    ignored: tuple[str, ...] = ()
    added: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> NameFilter:
        """The filter of a pcscd that starts in this environment; `:` separates what is ignored."""
        parts = environ.get(IGNORE, "").split(":")
        return cls(tuple(filter(None, parts)), environ.get(EXTEND, ""))

    def hides(self, name: str) -> bool:
        """Whether pcscd refuses a reader of this name."""
        return any(part in name for part in self.ignored)

    def shown(self, name: str) -> str:
        """The name as pcscd shows it, before the numbers of reader and slot.

        ValueError if it gets too long, so that pcscd would refuse the reader.
        """
        if len((made := name + self.added).encode()) > MAX_NAME:
            raise ValueError(
                f"{EXTEND} makes the name of {name!r} longer than {MAX_NAME} bytes of UTF-8"
            )
        return made

    def own(self, shown: str) -> str:
        """The reader's own name of one that pcscd shows."""
        return shown.removesuffix(self.added)
