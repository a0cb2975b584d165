"""The releases of the genuine driver that differ, and the distributions that bring them."""

from __future__ import annotations

import re
from typing import NamedTuple, Self

_NUMBER = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})")


class Release(NamedTuple):
    """A release of libccid."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1.5.2`; ValueError for anything else, or for a release older than the tables."""
        found = _NUMBER.fullmatch(text)
        if found is None:
            known = ", ".join(f"{release} ({name})" for name, release in DISTRIBUTIONS.items())
            raise ValueError(f"as is a release of libccid such as {known}, not {text!r}")
        release = cls(*(int(part) for part in found.groups()))
        if release < FIRST:
            raise ValueError(f"the tables begin with libccid {FIRST}, they have no {text}")
        return release

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Release(1, 5, 2)
"""The oldest release in the tables."""
DISTRIBUTIONS = {
    "Debian 12": Release(1, 5, 2),
    "Debian 13": Release(1, 6, 2),
    "Debian sid": Release(1, 8, 4),
}
TODAY = DISTRIBUTIONS["Debian 12"]
"""The release that our driver follows by default."""
