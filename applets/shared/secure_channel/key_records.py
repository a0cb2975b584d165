"""The records of a security domain beside a key: certificates, allowed serial numbers, CA names.

Spec: GlobalPlatform Amendment F 1.4, 7.1 (GET DATA) and 7.8 (STORE DATA).
"""

from __future__ import annotations

from collections.abc import Iterator

from vcard import Section
from vcard.tlv import Tlv, tlv

KEY_REFERENCE, KEY_ID, CERTIFICATES, ALLOW_LIST, SERIAL = 0xA6, 0x83, 0xBF21, 0x70, 0x93
CA_KIND, CA_NAME = 0x80, 0x42
HOST_CAS, CARD_CAS = 0xFF33, 0xFF34
"""Tags of GET DATA: the CAs that certify hosts (KLOC), and those of the card's keys (KLCC)."""

Reference = tuple[int, int]
"""Version and identifier of a key."""


class KeyRecords:
    """Records by key, in a part of a card's memory."""

    def __init__(self, section: Section) -> None:
        self._section = section

    def store(self, items: list[Tlv]) -> None:
        """Store the data objects of one STORE DATA; ValueError for unknown ones."""
        control, *content = items
        if control.tag != KEY_REFERENCE:
            raise ValueError("a key's data begin with A6")
        reference = read_reference(control)
        if not content:
            self._store_ca(control, reference)
        for item in content:
            self._store(item, reference)

    def _store(self, item: Tlv, reference: Reference) -> None:
        if item.tag == CERTIFICATES:
            self._section[_name("certificates", reference)] = item.value
        elif item.tag == ALLOW_LIST:
            serials = tuple(child.value for child in item.children if child.tag == SERIAL)
            self._section[_name("serials", reference)] = serials
        else:
            raise ValueError(f"a key has no data object {item.tag:X}")

    def _store_ca(self, control: Tlv, reference: Reference) -> None:
        name, kind = control.find(CA_NAME), control.find(CA_KIND)
        if name is None:
            raise ValueError("the name of a CA is missing")
        tag = CARD_CAS if kind is not None and kind.value == b"\x01" else HOST_CAS
        self._section[_name(f"{tag:X}", reference)] = name.value

    def certificates(self, reference: Reference) -> bytes | None:
        """The certificates of a key, one after another, the last one its own."""
        found = self._section.get(_name("certificates", reference))
        return found if isinstance(found, bytes) else None

    def serials(self, reference: Reference) -> frozenset[int]:
        """The serial numbers that certificates of a CA may have; empty for any."""
        found = self._section.sequence(_name("serials", reference), ())
        return frozenset(int.from_bytes(one, "big") for one in found if isinstance(one, bytes))

    def authorities(self, tag: int) -> bytes:
        """The names of the CAs for hosts (FF33) or for the card (FF34), with their keys."""
        return b"".join(self._authorities(f"{tag:X}-"))

    def _authorities(self, prefix: str) -> Iterator[bytes]:
        for name in sorted(self._section):
            value = self._section[name]
            if name.startswith(prefix) and isinstance(value, bytes):
                kvn, kid = bytes.fromhex(name.removeprefix(prefix))
                yield tlv(CA_NAME, value) + tlv(KEY_ID, bytes((kid, kvn)))

    def forget(self, reference: Reference) -> None:
        """Drop the records of a deleted key."""
        for kind in ("certificates", "serials", f"{HOST_CAS:X}", f"{CARD_CAS:X}"):
            self._section.pop(_name(kind, reference), None)

    def clear(self) -> None:
        """Drop everything."""
        self._section.clear()


def read_reference(control: Tlv) -> Reference:
    """The key that A6 {83 identifier version} names; ValueError if it names none."""
    found = control.find(KEY_ID)
    if found is None or len(found.value) != 2:
        raise ValueError("83 names a key by identifier and version")
    return found.value[1], found.value[0]


def _name(kind: str, reference: Reference) -> str:
    kvn, kid = reference
    return f"{kind}-{kvn:02X}{kid:02X}"
