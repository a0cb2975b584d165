"""Access rules as EF.ARR holds them: which PINs an operation on a file needs.

Spec: ETSI TS 102 221, 9.2.4 (expanded format); ISO/IEC 7816-4, 9.3.3.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import IntFlag

from vcard.tlv import Tlv, parse_all


class Mode(IntFlag):
    """Operations on an EF, as the access mode byte names them."""

    READ = 0x01
    UPDATE = 0x02
    DEACTIVATE = 0x08
    ACTIVATE = 0x10
    INCREASE = 0x100
    """Not in the byte: named by its instruction code, in a data object of its own."""


INS_INCREASE = 0x32
_MODE, _INS, _ALWAYS, _NEVER, _KEY, _ANY, _ALL = 0x80, 0x84, 0x90, 0x97, 0xA4, 0xA0, 0xAF
NOTHING = frozenset[int]()


@dataclass(frozen=True, slots=True)
class Condition:
    """A set of alternatives, each a set of PIN references to be verified.

    No alternative at all means never; an empty alternative means always.
    """

    alternatives: frozenset[frozenset[int]]

    def met(self, verified: Set[int]) -> bool:
        """True if one alternative is fulfilled by the PINs verified."""
        return any(needed <= verified for needed in self.alternatives)


ALWAYS = Condition(frozenset({NOTHING}))
NEVER = Condition(frozenset())


@dataclass(frozen=True, slots=True)
class Rule:
    """What a record of EF.ARR says: conditions by mode. What is not named is never allowed."""

    conditions: tuple[tuple[Mode, Condition], ...] = ()

    @classmethod
    def parse(cls, record: bytes) -> Rule:
        """Read a record, filled up with FF; ValueError if it is no list of rules."""
        found: list[tuple[Mode, Condition]] = []
        modes = Mode(0)
        for item in parse_all(record.rstrip(b"\xff")):
            mode = _mode(item)
            if mode is not None:
                modes = mode
            else:
                found.append((modes, _condition(item)))
        return cls(tuple(found))

    def condition(self, mode: Mode) -> Condition:
        """The condition for one operation."""
        for modes, condition in self.conditions:
            if mode & modes:
                return condition
        return NEVER


def _mode(item: Tlv) -> Mode | None:
    """The operations that an access mode data object names; None if it is no such object."""
    if not 0x80 <= item.tag <= 0x8F:
        return None
    if item.tag == _MODE and len(item.value) == 1:
        return Mode(item.value[0] & 0x1B)
    if item.tag == _INS and INS_INCREASE in item.value:
        return Mode.INCREASE
    return Mode(0)  # an operation that this card does not have


def _condition(item: Tlv) -> Condition:
    if item.tag == _ALWAYS:
        return ALWAYS
    if item.tag == _KEY:
        reference = item.find(0x83)
        if reference is None or len(reference.value) != 1:
            raise ValueError("a key condition names one key")
        return Condition(frozenset({frozenset(reference.value)}))
    if item.tag in (_ANY, _ALL):
        return _combined(item.tag, [_condition(child) for child in item.children])
    if item.tag == _NEVER:
        return NEVER
    raise ValueError(f"tag {item.tag:X} is no security condition")


def _combined(tag: int, parts: list[Condition]) -> Condition:
    if tag == _ANY:
        return Condition(frozenset().union(*(part.alternatives for part in parts)))
    combined = ALWAYS.alternatives
    for part in parts:
        combined = frozenset(a | b for a in combined for b in part.alternatives)
    return Condition(combined)
