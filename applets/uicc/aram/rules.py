"""Access rules: the applications of the phone that may use an application of the card.

Spec: GlobalPlatform Secure Element Access Control 1.1, 6 (data objects); the tags CA and DB are
those of Android's carrier privileges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from vcard import Section, tlv
from vcard.memory import parts
from vcard.tlv import Tlv

REF_AR, REF, AR = 0xE2, 0xE1, 0xE3
AID, AID_EMPTY, DEVICE_APPLICATION, PACKAGE = 0x4F, 0xC0, 0xC1, 0xCA
APDU, NFC, PERMISSIONS = 0xD0, 0xD1, 0xDB
NEVER, ALWAYS = b"\x00", b"\x01"


def _is_filter(value: bytes) -> bool:
    return value in (NEVER, ALWAYS) or (bool(value) and len(value) % 8 == 0)


_SIZES: Mapping[int, Callable[[bytes], bool]] = {
    AID: lambda value: len(value) in (0, *range(5, 17)),
    AID_EMPTY: lambda value: not value,
    DEVICE_APPLICATION: lambda value: len(value) in (0, 20, 32),
    PACKAGE: lambda value: 0 < len(value) <= 127,
    APDU: _is_filter,
    NFC: lambda value: value in (NEVER, ALWAYS),
    PERMISSIONS: lambda value: len(value) == 8,
}
"""The allowed values of each data object."""
_IN_REF, _IN_AR = {AID, AID_EMPTY, DEVICE_APPLICATION, PACKAGE}, {APDU, NFC, PERMISSIONS}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `ref` names the two applications (value of E1), `ar` the allowed access (E3)."""

    ref: bytes
    ar: bytes

    @classmethod
    def parse(cls, item: Tlv) -> tuple[Rule, bool]:
        """Parse a REF-AR-DO; also return whether an unknown data object was dropped.

        ValueError if it is not a rule.
        """
        ref, ar = item.find(REF), item.find(AR)
        if item.tag != REF_AR or ref is None or ar is None or len(item.children) != 2:
            raise ValueError("a rule is a reference and what is allowed")
        (known_ref, some), (known_ar, more) = _known(ref, _IN_REF), _known(ar, _IN_AR)
        if not known_ar:
            raise ValueError("a rule allows or denies something")
        return cls(known_ref, known_ar), some or more

    @property
    def aid(self) -> bytes | None:
        """The AID of the card's application; None for the implicitly selected one."""
        return next((one.value for one in Tlv(REF, self.ref).children if one.tag == AID), None)

    @property
    def application(self) -> bytes:
        """The hash of the phone's application; empty for all."""
        found = Tlv(REF, self.ref).find(DEVICE_APPLICATION)
        return b"" if found is None else found.value

    def __bytes__(self) -> bytes:
        return tlv(REF_AR, tlv(REF, self.ref), tlv(AR, self.ar))


def _known(item: Tlv, tags: set[int]) -> tuple[bytes, bool]:
    """Return the known data objects of a rule's part, and whether there were others."""
    kept = [one for one in item.children if one.tag in tags]
    for one in kept:
        if not _SIZES[one.tag](one.value):
            raise ValueError(f"the data object {one.tag:02X} of a rule is malformed")
    return b"".join(bytes(one) for one in kept), len(kept) < len(item.children)


class Rules:
    """The rules in a card's memory, the newest first."""

    def __init__(self, section: Section) -> None:
        self._section = section

    def __iter__(self) -> Iterator[Rule]:
        for pair in self._section.sequence("rules", ()):
            yield Rule(*parts(pair, bytes, bytes))

    def _keep(self, rules: Iterable[Rule]) -> None:
        self._section["rules"] = tuple((rule.ref, rule.ar) for rule in rules)

    def add(self, rule: Rule) -> None:
        """Add a rule before the others."""
        self._keep((rule, *self))

    def drop(self, chosen: Iterable[Rule]) -> None:
        """Delete rules."""
        gone = set(chosen)
        self._keep(rule for rule in self if rule not in gone)

    def for_reference(self, ref: bytes) -> list[Rule]:
        """The rules with exactly this reference."""
        return [rule for rule in self if rule.ref == ref]
