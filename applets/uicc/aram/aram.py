"""The ARA-M: access rules that the phone reads and the issuer writes.

Spec: GlobalPlatform Secure Element Access Control 1.1, 4.1 (GET DATA), 5.1 (STORE DATA); the
command that locks it (A1) is that of the applet on sysmocom's cards.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

from applets.uicc.platform import BesideFiles
from vcard import SW, Command, Reply, handles, tlv
from vcard.tlv import Tlv

from .rules import AID, AID_EMPTY, REF, REF_AR, Rule, Rules

ARAM_AID = bytes.fromhex("A00000015141434C00")
GET_DATA, STORE_DATA = 0xCA, 0xE2
ALL, NEXT, SPECIFIC, REFRESH_TAG, CONFIGURATION = 0xFF40, 0xFF60, 0xFF50, 0xDF20, 0xDF21
STORE_RULE, _DELETE, _UPDATE_TAG, _LOCK = 0xF0, 0xF1, 0xF2, 0xA1
_VERSION = tlv(0xE5, tlv(0xE6, b"\x01\x01\x00"))
"""The version of the interface: 1.1.0."""

RULE_EXISTS, UNKNOWN_DROPPED = SW(0x6381), SW(0x6382)
NOT_SUPPORTED = SW(0x6981)


class Aram(BesideFiles):
    """The access rule application master. `first` are the rules of a new card.

    Any host may write until it is locked; after that only the security domain may.
    """

    aid = ARAM_AID
    section = "AccessRules"

    def __init__(
        self,
        first: Iterable[Rule] = (),
        *,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._first = tuple(first)
        self._random = random

    def installed(self) -> None:
        """Load the rules from the memory; write the first ones to a new card."""
        self.rules = Rules(self.memory)
        if "tag" not in self.memory:
            for rule in reversed(self._first):
                self.rules.add(rule)
            self._changed()

    def _changed(self) -> None:
        """Change the refresh tag, so that phones read the rules again."""
        self.memory["tag"] = self._random(8)

    @handles(ins=GET_DATA, cla=0x80)
    def get_data(self, command: Command) -> Reply:
        """GET DATA: all rules (FF40), a reference's (FF50), refresh tag (DF20), version (DF21).

        GET RESPONSE returns longer data, so that FF60 has nothing left to return (6985). 6A88 for
        other tags and for a reference without rules.
        """
        tag = command.p1p2
        if tag == ALL:
            return tlv(tag, *(bytes(rule) for rule in self.rules))
        if tag == SPECIFIC:
            return tlv(tag, *(tlv(0xE3, rule.ar) for rule in self._referenced(command.data)))
        if tag == REFRESH_TAG:
            return tlv(tag, self.memory.octets("tag"))
        if tag == CONFIGURATION:
            return tlv(tag, _VERSION)
        return SW.CONDITIONS_NOT_SATISFIED if tag == NEXT else SW.REFERENCED_DATA_NOT_FOUND

    def _referenced(self, data: bytes) -> list[Rule]:
        """Return the rules of the reference in the data; raises 6A80 or 6A88."""
        item = _object(data)
        found = self.rules.for_reference(item.value) if item.tag == REF else []
        if not found:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return found

    @handles(ins=STORE_DATA, cla=0x80, p1=0x90, p2=0)
    def store(self, command: Command) -> Reply:
        """STORE DATA: one data object; 6982 once the rules are locked."""
        if "locked" in self.memory:
            return SW.SECURITY_STATUS_NOT_SATISFIED
        return self.personalise(command.data)

    def personalise(self, data: bytes) -> Reply:
        """Execute the data of STORE DATA, even if the rules are locked."""
        if data == bytes((_LOCK,)):
            self.memory["locked"] = True
            return None
        return self._store(_object(data))

    def store_data(self, data: bytes, *, last: bool) -> Reply:
        """Execute STORE DATA from the security domain; each block is one object."""
        return self._store(_object(data)) if last else SW.FUNCTION_NOT_SUPPORTED

    def _store(self, item: Tlv) -> Reply:
        """Execute a data object; raises 6A80 if it is malformed."""
        known = {STORE_RULE: self._add, _DELETE: self._delete, _UPDATE_TAG: self._update}
        work = known.get(item.tag)
        if work is None:
            return NOT_SUPPORTED
        try:
            return work(item)
        except ValueError:
            return SW.WRONG_DATA

    def _add(self, item: Tlv) -> Reply:
        """Add a rule; 6381 if it exists, 6382 if it has an unknown data object."""
        rule, dropped = Rule.parse(Tlv.parse(item.value))
        if rule in list(self.rules):
            return RULE_EXISTS
        self.rules.add(rule)
        self._changed()
        return UNKNOWN_DROPPED if dropped else None

    def _delete(self, item: Tlv) -> Reply:
        """Delete the rules that the object names: all, those of an AID or a reference, or one."""
        chosen = [rule for rule in self.rules if _named(rule, item.children)]
        if not chosen and item.value:
            return SW.REFERENCED_DATA_NOT_FOUND
        self.rules.drop(chosen)
        self._changed()
        return None

    def _update(self, item: Tlv) -> Reply:  # noqa: ARG002 - an action's shape
        """Change the refresh tag, so that phones read the rules again."""
        self._changed()
        return None


def _named(rule: Rule, items: list[Tlv]) -> bool:
    """Whether a delete command names a rule; without an object it names all."""
    if not items:
        return True
    if len(items) > 1:
        raise ValueError("one object names what is to be deleted")
    item = items[0]
    if item.tag == AID:
        return rule.aid == item.value
    if item.tag == AID_EMPTY:
        return rule.aid is None
    if item.tag == REF:
        return rule.ref == item.value
    if item.tag == REF_AR:
        return rule == Rule.parse(item)[0]
    raise ValueError(f"{item.tag:02X} names no rules")


def _object(data: bytes) -> Tlv:
    """Parse the one data object of a command; raises 6A80."""
    try:
        return Tlv.parse(data)
    except ValueError:
        raise SW.WRONG_DATA from None
