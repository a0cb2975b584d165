"""Find rules of a script that can never answer, since an earlier one takes all their commands."""

from __future__ import annotations

from .pattern import LONGEST, Byte, Gap, Pattern

ANYTHING = (Gap(0, LONGEST),)
Shape = tuple[tuple[int, ...], bool]
"""The masks of a pattern's first bytes, and whether anything may follow."""
Tokens = tuple[Byte | Gap, ...]


class Reach:
    """The rules so far that always answer: each state's patterns, with their lines.

    Patterns with gaps in their middle hide only what is written as they are.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[str, Shape, tuple[int, ...]], int] = {}
        self._shapes: dict[str, set[Shape]] = {}
        self._same: dict[tuple[str, Tokens], int] = {}

    def hidden_by(self, pattern: Pattern, state: str) -> int | None:
        """The line of the rule that answers every command which fits the pattern; None if none."""
        if not _is_simple(pattern) and (state, _key(pattern)) in self._same:
            return self._same[state, _key(pattern)]
        found = (
            self._lines.get((state, shape, _values(pattern.head, shape[0])))
            for shape in self._shapes.get(state, ())
            if _covers(shape, pattern)
        )
        return min((line for line in found if line is not None), default=None)

    def add(self, pattern: Pattern, state: str, line: int) -> None:
        """Add a rule that answers without limit."""
        if not _is_simple(pattern):
            self._same.setdefault((state, _key(pattern)), line)
        else:
            shape = tuple(byte.mask for byte in pattern.head), bool(pattern.rest)
            self._shapes.setdefault(state, set()).add(shape)
            key = state, shape, tuple(byte.value for byte in pattern.head)
            self._lines.setdefault(key, line)


def _is_simple(pattern: Pattern) -> bool:
    return not pattern.rest or pattern.rest == ANYTHING


def _key(pattern: Pattern) -> Tokens:
    return (*pattern.head, *pattern.rest)


def _covers(shape: Shape, pattern: Pattern) -> bool:
    """Whether a pattern has a byte for each of the shape's, as narrow as that or narrower."""
    masks, more = shape
    fits = len(pattern.head) >= len(masks) if more else len(pattern.head) == len(masks)
    return (
        fits
        and (more or not pattern.rest)
        and all(byte.mask & mask == mask for byte, mask in zip(pattern.head, masks, strict=False))
    )


def _values(head: tuple[Byte, ...], masks: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(byte.value & mask for byte, mask in zip(head, masks, strict=False))
