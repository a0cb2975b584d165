"""Patterns of bytes, by which scripts and faults select commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

_TOKEN = re.compile(
    r"\s*(?:(?P<byte>[0-9A-Fa-f?]{2})|(?P<rest>\.\.\.)"
    r"|\[(?P<low>[0-9]+)(?:-(?P<high>[0-9]+))?\])"
)
LONGEST = 65544
"""Bytes of the longest command APDU (extended, case 4); no gap is longer."""
MOST_GAPS = 16


@dataclass(frozen=True, slots=True)
class Byte:
    """A byte whose bits under `mask` are those of `value`."""

    value: int
    mask: int


@dataclass(frozen=True, slots=True)
class Gap:
    """`low` to `high` bytes of any value."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern such as `80 CA ?? 0? [2-4] ...`.

    `??` is any byte and `0?` any second digit; `[4]` is any 4 bytes, `[2-4]` any 2 to 4; `...` is
    any number of bytes, none included.
    """

    text: str
    head: tuple[Byte, ...]
    """The fixed bytes before the first gap."""
    rest: tuple[Byte | Gap, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a pattern; ValueError names the column that cannot be read."""
        text = text.strip()
        tokens = _tokens(text)
        gaps = [number for number, token in enumerate(tokens) if isinstance(token, Gap)]
        if len(gaps) > MOST_GAPS:
            raise ValueError(f"a pattern has at most {MOST_GAPS} gaps, not {len(gaps)}")
        first = gaps[0] if gaps else len(tokens)
        head = tuple(token for token in tokens[:first] if isinstance(token, Byte))
        return cls(text, head, tuple(tokens[first:]))

    def matches(self, raw: bytes) -> bool:
        """True if all of `raw` fits."""
        size = len(self.head)
        if len(raw) < size or any(
            byte & wanted.mask != wanted.value for wanted, byte in zip(self.head, raw, strict=False)
        ):
            return False
        return _fits(self.rest, raw[size:])


def _tokens(text: str) -> list[Byte | Gap]:
    tokens, column = [], 0
    while column < len(text):
        token = _TOKEN.match(text, column)
        if token is None:
            shown = text[column : column + 20]
            raise ValueError(f"column {column + 1}: {shown!r} is no byte, ??, [n], [n-m] or ...")
        tokens.append(_token(token))
        column = token.end()
    return tokens


def _token(found: re.Match[str]) -> Byte | Gap:
    if found["rest"]:
        return Gap(0, LONGEST)
    if found["low"]:
        digits = found["low"], found["high"] or found["low"]
        if max(map(len, digits)) > 5 or not int(digits[0]) <= int(digits[1]) <= LONGEST:
            raise ValueError(f"{found[0].strip()}: a gap has 0 to {LONGEST} bytes, the less first")
        return Gap(int(digits[0]), int(digits[1]))
    mask = int("".join("0" if digit == "?" else "F" for digit in found["byte"]), 16)
    return Byte(int(found["byte"].replace("?", "0"), 16), mask)


def _fits(tokens: Sequence[Byte | Gap], raw: bytes) -> bool:
    """Whether all of `raw` fits, in a time that grows with its length and no faster.

    The bits of a number are the places in `raw` that the tokens so far can reach.
    """
    reached, backwards, all_places = 1, raw[::-1], (1 << len(raw) + 1) - 1
    for token in tokens:
        if isinstance(token, Gap):
            reached = _spread(reached << token.low, min(token.high, len(raw)) - token.low)
        else:
            reached = (reached & _places(token, backwards)) << 1
        reached &= all_places
        if not reached:
            return False
    return bool(reached >> len(raw))


def _places(token: Byte, backwards: bytes) -> int:
    """Return the offset at which the bytes fit, given from the last to the first."""
    table = bytes(b"01"[byte & token.mask == token.value] for byte in range(256))
    return int(backwards.translate(table) or b"0", 2)


def _spread(places: int, width: int) -> int:
    """Each place and the next `width` behind it."""
    step = 1
    while width > 0:
        places |= places << min(step, width)
        width -= step
        step *= 2
    return places
