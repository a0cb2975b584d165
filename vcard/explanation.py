"""One line of an explanation: bytes, their name, their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """`raw` stands at `offset`; `depth` is how far the line belongs below those before it."""

    offset: int
    raw: bytes
    name: str
    text: str
    depth: int = 0

    def __str__(self) -> str:
        indent = "  " * self.depth
        return f"{self.offset:3} {indent}{self.raw.hex(' ').upper():<6} {self.name}: {self.text}"


def bits(value: int, meanings: Mapping[int, str]) -> list[str]:
    """The meanings of the bits (masks) that are set in `value`."""
    return [text for mask, text in meanings.items() if value & mask]


def listed(items: list[str], nothing: str = "nothing") -> str:
    """Join the items with commas, or return a word for none."""
    return ", ".join(items) or nothing
