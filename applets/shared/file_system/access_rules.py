"""Access rules: the strategy that a card brings, and the expanded format of ISO/IEC 7816-4.

A file system asks its `AccessRules` before each operation and knows nothing else about security.
`Rule` reads one such description, the expanded format: records that name PINs.
Spec: ISO/IEC 7816-4, 9.3.3 (expanded format), 9.3.2 (access mode byte of an EF).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import IntFlag
from typing import Protocol

from vcard.tlv import Tlv, parse_all

from .tree import File


class Mode(IntFlag):
    """Operations on a file, by the bits of the access mode byte; for a DF, 02 and 04 mean others.

    Operations that have only an instruction code use bits from 100 up.
    """

    READ = 0x01
    UPDATE = CREATE_EF = 0x02
    CREATE_DF = 0x04
    DEACTIVATE = 0x08
    ACTIVATE = 0x10
    TERMINATE = 0x20
    DELETE = 0x40


class AccessRules(Protocol):
    """The security policy of a file system."""

    def permits(self, file: File, mode: Mode) -> bool:
        """Whether the security status allows an operation on a file now."""


_MODE, _INS, _ALWAYS, _NEVER, _KEY, _ANY, _ALL = 0x80, 0x84, 0x90, 0x97, 0xA4, 0xA0, 0xAF
_KNOWN_MODES = 0x7F
NOTHING = frozenset[int]()


@dataclass(frozen=True, slots=True)
class Condition:
    """A set of alternatives, each a set of PIN references to be verified.

    No alternative at all means never; an empty alternative means always.
    """

    alternatives: frozenset[frozenset[int]]

    def met(self, verified: Set[int]) -> bool:
        """True if the verified PINs fulfil one alternative."""
        return any(needed <= verified for needed in self.alternatives)


ALWAYS = Condition(frozenset({NOTHING}))
NEVER = Condition(frozenset())


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions by mode. A mode without a condition is never allowed."""

    conditions: tuple[tuple[Mode, Condition], ...] = ()

    @classmethod
    def parse(cls, record: bytes, instructions: Mapping[int, Mode] | None = None) -> Rule:
        """Parse a record padded with FF; ValueError if it is malformed.

        `instructions` maps instruction codes (data object 84) to modes; others match nothing.
        """
        found: list[tuple[Mode, Condition]] = []
        modes = Mode(0)
        for item in parse_all(record.rstrip(b"\xff")):
            mode = _mode(item, instructions or {})
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


_NOBODY, _USER, _ENVIRONMENT = 0xFF, 0x10, 0x0F


def compact_condition(rule: bytes, mode: Mode) -> Condition:
    """Return the condition for one operation in a rule in compact format (data object 8C).

    The rule is an access mode byte, then a security condition byte for each bit set, highest first.
    A condition byte with user authentication names the PIN by its last four bits (1A: ADM1):
    cards do so, where the standard has a security environment.
    A truncated rule allows nothing. Spec: ISO/IEC 7816-4, 9.3.2.
    """
    conditions = iter(rule[1:])
    for bit in (0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01):
        if rule[:1] and rule[0] & bit:
            byte = next(conditions, _NOBODY)
            if mode & bit:
                return _compact(byte)
    return NEVER


def _compact(byte: int) -> Condition:
    if byte == 0:
        return ALWAYS
    if byte == _NOBODY or not byte & _USER:
        return NEVER
    return Condition(frozenset({frozenset({byte & _ENVIRONMENT})}))


def _mode(item: Tlv, instructions: Mapping[int, Mode]) -> Mode | None:
    """The operations that an access mode data object names; None for another object."""
    if not 0x80 <= item.tag <= 0x8F:
        return None
    if item.tag == _MODE and len(item.value) == 1:
        return Mode(item.value[0] & _KNOWN_MODES)
    named = Mode(0)  # unchanged for operations that this card lacks
    if item.tag == _INS:
        for code, mode in instructions.items():
            named |= mode if code in item.value else Mode(0)
    return named


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
