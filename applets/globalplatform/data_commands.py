"""GET DATA and STORE DATA.

Spec: GlobalPlatform Card Specification 2.3.1, 11.3 (GET DATA), 11.11 (STORE DATA); Amendment F,
7.1 and 7.8 (certificates and what belongs to keys).
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from applets.shared.secure_channel.key_records import (
    CARD_CAS,
    CERTIFICATES,
    HOST_CAS,
    KEY_REFERENCE,
    read_reference,
)
from applets.shared.secure_channel.session import Session
from vcard import SW, Applet, Command, Reply, handles
from vcard.tlv import Tlv, parse_all, tlv

from .codes import AID, GET_DATA, STORE_DATA
from .identity import capability, recognition_data
from .manager import CardManager

RECOGNITION, KEY_INFORMATION, CPLC, CAPABILITY = 0x66, 0xE0, 0x9F7F, 0x67
DIVERSIFICATION, SEQUENCE_COUNTER, APPLICATIONS, RESOURCES = 0xCF, 0xC1, 0x2F00, 0xFF21
STORED = frozenset({0x42, 0x45, 0x5F50, RECOGNITION, DIVERSIFICATION})
"""Objects that the issuer writes and any host reads: issuer number, card image number, URL, and
data that replace the domain's own responses."""

_KEY, _DGI_TLVS = 0xC0, b"\x00\x70"
_LAST, _ENCRYPTED, _DGI_FORMAT, _IN_GROUPS = 0x80, 0x60, 0x18, 0x08


@runtime_checkable
class Personalised(Protocol):
    """An applet that receives STORE DATA through its security domain."""

    def store_data(self, data: bytes, *, last: bool) -> Reply:
        """Take one block."""


class DataCommands(CardManager):
    """GET DATA, and STORE DATA to the card or to an application."""

    @handles(ins=GET_DATA)
    def get_data(self, command: Command) -> Reply:
        """GET DATA: P1-P2 are the tag; 6A88 if the card has no such object.

        2F00 is not the tag of a data object: the list comes without it.
        """
        tag = command.p1p2
        value = self._certificates(command) if tag == CERTIFICATES else self._value(tag)
        if not value:
            return SW.REFERENCED_DATA_NOT_FOUND
        bare = tag == APPLICATIONS or (self.identity.bare and tag != CPLC)
        return value if bare else tlv(tag, value)

    def _value(self, tag: int) -> bytes:
        """Return the value of a data object, empty if there is none."""
        if tag in STORED and (stored := self.memory.octets(f"data-{tag:X}", b"")):
            return stored
        if tag in (HOST_CAS, CARD_CAS):
            return self.domain.records.authorities(tag)
        simple = {
            RECOGNITION: self._recognition,
            KEY_INFORMATION: self._key_information,
            CPLC: lambda: self.identity.cplc,
            CAPABILITY: lambda: capability(self.domain.protocols),
            DIVERSIFICATION: lambda: self.domain.diversification,
            SEQUENCE_COUNTER: self._sequence_counter,
            APPLICATIONS: self._applications,
            RESOURCES: self._resources,
        }
        made = simple.get(tag)
        return b"" if made is None else made()

    def _recognition(self) -> bytes:
        return recognition_data(self.domain.protocols, with_scp11=self.identity.scp11)

    def _key_information(self) -> bytes:
        found = []
        for kvn, kid in self.domain.keys:
            key = self.domain.keys.get(kvn, kid)
            assert key is not None
            found.append(tlv(_KEY, bytes((kid, kvn, key.kind, len(key.value) & 0xFF))))
        return b"".join(found)

    def _sequence_counter(self) -> bytes:
        keys = next(self.domain.keys.sets(), None)
        return b"" if keys is None else self.domain.count(keys.kvn).to_bytes(3, "big")

    def _applications(self) -> bytes:
        aids = (self.own_aid, *(aid for aid, _ in self.applications()))
        return b"".join(tlv(0x61, tlv(AID, aid)) for aid in aids)

    def _resources(self) -> bytes:
        count = len(list(self.registry.instances()))
        room = (0x0001_0000).to_bytes(4, "big")  # memory use is not measured
        return tlv(0x81, count.to_bytes(2, "big")) + tlv(0x82, room) + tlv(0x83, room)

    def _certificates(self, command: Command) -> bytes:
        """Return the certificates of the key that the data name."""
        try:
            control = Tlv.parse(command.data)
            reference = read_reference(control)
        except ValueError:
            raise SW.WRONG_DATA from None
        if control.tag != KEY_REFERENCE:
            raise SW.WRONG_DATA
        return self.domain.records.certificates(reference) or b""

    @handles(ins=STORE_DATA)
    def store_data(self, command: Command) -> Reply:
        """STORE DATA: P2 counts the blocks, the last one has bit 80 in P1.

        6A86 for a wrong block number, 6A80 for malformed data.
        """
        session, progress = self.needs_host(), self.progress
        if command.p2 != progress.stored_blocks & 0xFF:
            progress.stored, progress.stored_blocks = b"", 0
            return SW.INCORRECT_P1_P2
        progress.stored_blocks += 1
        last = bool(command.p1 & _LAST)
        if progress.target is not None:
            return self._forward(progress.target, command.data, last=last)
        progress.stored += command.data
        if not last:
            return None
        data, progress.stored, progress.stored_blocks = progress.stored, b"", 0
        try:
            self._store(_content(data, command.p1, session))
        except ValueError:
            raise SW.WRONG_DATA from None
        return None

    def personalise(self, data: bytes) -> None:
        """Store a package's data for STORE DATA, in data groups or not; raises ValueError."""
        self._store(_out_of_groups(data) if data[:2] == _DGI_TLVS else parse_all(data))

    def _forward(self, aid: bytes, data: bytes, *, last: bool) -> Reply:
        progress, target = self.progress, self.application(aid)
        if last:
            progress.target, progress.stored_blocks = None, 0
        if not isinstance(target, Personalised):
            return SW.CONDITIONS_NOT_SATISFIED
        return target.store_data(data, last=last)

    def application(self, aid: bytes) -> Applet | None:
        """Return an application by its AID, or None."""
        return dict(self.applications()).get(aid)

    def _store(self, items: list[Tlv]) -> None:
        if items and items[0].tag == KEY_REFERENCE:
            self.domain.records.store(items)
            return
        for item in items:
            self._store_object(item)

    def _store_object(self, item: Tlv) -> None:
        if item.tag == AID and 5 <= len(item.value) <= 16:
            if item.value in dict(self.applications()):
                raise ValueError("the name is taken")
            self.memory["aid"] = item.value
        elif item.tag in STORED:
            self.memory[f"data-{item.tag:X}"] = item.value
        else:
            raise ValueError(f"the domain stores no object {item.tag:X}")


def _content(data: bytes, p1: int, session: Session) -> list[Tlv]:
    """Return the data objects of STORE DATA, deciphered and without their data groups."""
    if p1 & _ENCRYPTED == _ENCRYPTED:
        data = session.key_cipher.unpad(session.decrypt_key(data))
    return _out_of_groups(data) if p1 & _DGI_FORMAT == _IN_GROUPS else parse_all(data)


def _out_of_groups(data: bytes) -> list[Tlv]:
    items: list[Tlv] = []
    while data:
        if data[:2] != _DGI_TLVS or len(data) < 3 or len(data) < 3 + data[2]:
            raise ValueError("not the data group 0070")
        items += parse_all(data[3 : 3 + data[2]])
        data = data[3 + data[2] :]
    return items
