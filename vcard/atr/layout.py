"""Split an ATR into its characters by position, without interpreting their values.

Spec: ISO/IEC 7816-3:2006, 8.2 (sequence and configuration).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from ..exclusive_or import exclusive_or

MAX_LENGTH = 33
"""TS and the at most 32 characters after it."""


class Convention(IntEnum):
    """TS: how the bits of a character stand on the line."""

    DIRECT = 0x3B
    INVERSE = 0x3F


RAW_INVERSE = 0x03
"""TS of the inverse convention as a reader sees it that decodes by the direct one."""

_INVERTED = bytes(int(f"{value ^ 0xFF:08b}"[::-1], 2) for value in range(256))


def inverted(raw: bytes) -> bytes:
    """Convert a byte between the direct and the inverse convention."""
    return raw.translate(_INVERTED)


@dataclass(frozen=True, slots=True)
class Group:
    """TAi, TBi, TCi and TDi; None where absent.

    `protocol` is the T that the TD before announces, None in the first group.
    """

    protocol: int | None = None
    ta: int | None = None
    tb: int | None = None
    tc: int | None = None
    td: int | None = None

    @property
    def announces(self) -> int:
        """Y: which of TA, TB, TC and TD are there, as in the upper half of T0 and TD."""
        present = (self.ta, self.tb, self.tc, self.td)
        return sum(0x10 << i for i, value in enumerate(present) if value is not None)


@dataclass(frozen=True, slots=True)
class Character:
    """One byte of an ATR: where it stands, and its name (TS, T0, TA1, ..., T1, ..., TCK, surplus).

    `protocol` is the T that it is for, None in the first group and outside the groups.
    """

    offset: int
    name: str
    value: int
    protocol: int | None = None

    @property
    def letter(self) -> str:
        """A, B, C or D for an interface byte, else nothing."""
        return self.name[1] if self.name[1] in "ABCD" and self.name[2:].isdigit() else ""

    @property
    def number(self) -> int:
        """The i of TAi to TDi, else 0."""
        return int(self.name[2:]) if self.letter else 0


@dataclass(frozen=True, slots=True)
class Layout:
    """An ATR cut into its parts. `missing` counts announced bytes that are not there."""

    ts: int
    t0: int | None = None
    groups: tuple[Group, ...] = ()
    historical: bytes = b""
    tck: int | None = None
    surplus: bytes = b""
    missing: int = 0

    @property
    def announced(self) -> tuple[int, ...]:
        """T of every TD in the order of the ATR; the implicit T=0 if there is none."""
        return tuple(group.td & 0x0F for group in self.groups if group.td is not None) or (0,)

    @property
    def tck_needed(self) -> bool:
        """Whether the ATR ends with TCK (Spec: 8.2.5: anything but T=0 alone)."""
        return any(self.announced)

    def group(self, number: int) -> Group:
        """The group TAi to TDi for i = `number`, counted from 1; empty where absent."""
        return self.groups[number - 1] if number <= len(self.groups) else Group()

    def first(self, protocol: int, letter: str) -> Character | None:
        """The first TA, TB or TC (`letter`) with i > 2 for a protocol, or None."""
        return next(
            (
                character
                for character in self.characters()
                if character.protocol == protocol
                and character.letter == letter
                and character.number > 2
            ),
            None,
        )

    def first_value(self, protocol: int, letter: str) -> int | None:
        """The value of the `first` one, or None."""
        values = (
            getattr(group, f"t{letter.lower()}")
            for group in self.groups[2:]
            if group.protocol == protocol
        )
        return next((value for value in values if value is not None), None)

    def characters(self) -> Iterator[Character]:
        """Every byte with its offset and name, in order."""
        for offset, (name, value, protocol) in enumerate(self._named()):
            yield Character(offset, name, value, protocol)

    def _named(self) -> Iterator[tuple[str, int, int | None]]:
        yield "TS", self.ts, None
        if self.t0 is not None:
            yield "T0", self.t0, None
        for number, group in enumerate(self.groups, 1):
            for letter in "ABCD":
                value = getattr(group, f"t{letter.lower()}")
                if value is not None:
                    yield f"T{letter}{number}", value, group.protocol
        for number, value in enumerate(self.historical, 1):
            yield f"T{number}", value, None
        if self.tck is not None:
            yield "TCK", self.tck, None
        for value in self.surplus:
            yield "surplus", value, None


@lru_cache(maxsize=64)
def read(raw: bytes) -> Layout:
    """Split an ATR into its parts; one that is too short or too long as far as possible.

    Results are cached: a card's ATR is read several times after each of its resets.
    """
    if len(raw) < 2:
        return Layout(raw[0], missing=1)
    groups, offset, missing = _read_groups(raw)
    count = raw[1] & 0x0F
    historical = raw[offset : offset + count]
    missing += count - len(historical)
    layout = Layout(raw[0], raw[1], groups, historical, missing=missing)
    rest = raw[offset + count :]
    if rest:
        return replace(layout, tck=rest[0], surplus=rest[1:])
    return replace(layout, missing=missing + layout.tck_needed)


def _read_groups(raw: bytes) -> tuple[tuple[Group, ...], int, int]:
    """The interface bytes, the offset behind them, and how many announced ones are missing."""
    groups: list[Group] = []
    present, protocol, offset = raw[1] >> 4, None, 2
    while True:
        values: list[int | None] = [None] * 4
        for i in range(4):
            if present & 1 << i:
                if offset == len(raw):
                    groups.append(Group(protocol, *values))
                    return tuple(groups), offset, (present >> i).bit_count()
                values[i] = raw[offset]
                offset += 1
        groups.append(Group(protocol, *values))
        td = values[3]
        if td is None:
            return tuple(groups), offset, 0
        present, protocol = td >> 4, td & 0x0F


def checksum(raw: bytes) -> int:
    """TCK for the bytes T0 to TK, or 0 for T0 to TCK if that is right."""
    return exclusive_or(raw)


def compose(groups: Sequence[Group], historical: bytes = b"", ts: int = 0x3B) -> bytes:
    """Assemble an ATR; T0, the TDs and TCK are computed from its parts.

    The first group's `protocol` is ignored, and so is every `td`. ValueError if it gets too long.
    """
    if len(historical) > 15:
        raise ValueError(f"an ATR has 0..15 historical bytes, not {len(historical)}")
    body = bytearray()
    for i, group in enumerate(groups):
        following = groups[i + 1] if i + 1 < len(groups) else None
        announces = replace(group, td=None if following is None else 0).announces
        low = len(historical) if i == 0 else (group.protocol or 0)
        body.append(announces | low)
        body += bytes(value for value in (group.ta, group.tb, group.tc) if value is not None)
    body += historical
    if any((group.protocol or 0) for group in groups[1:]):
        body.append(checksum(bytes(body)))
    raw = bytes((ts,)) + bytes(body)
    if len(raw) > MAX_LENGTH:
        raise ValueError(f"an ATR has at most {MAX_LENGTH} bytes, this one would have {len(raw)}")
    return raw
