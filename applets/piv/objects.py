"""The data objects of a PIV card: tags, names, read conditions.

Spec: NIST SP 800-73-4, part 1, table 3 (containers, access rules) and part 2, table 4 (tags).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from vcard.tlv import Tlv, parse_all, tlv

from .codes import Slot

DATA, TAG_LIST = 0x53, 0x5C
CERTIFICATE, CERTIFICATE_INFO, ERROR_DETECTION = 0x70, 0x71, 0xFE


class Access(Enum):
    """The access condition for reading an object; writing always requires the administrator."""

    ALWAYS = "always"
    PIN = "PIN"


@dataclass(frozen=True, slots=True)
class DataObject:
    """One line of the table of containers. `wrapper` is the tag around its value on the wire."""

    tag: int
    container: int
    name: str
    read: Access = Access.ALWAYS
    wrapper: int = DATA


DISCOVERY, BIOMETRIC_GROUP = 0x7E, 0x7F61
CHUID, CCC, SECURITY_OBJECT = 0x5FC102, 0x5FC107, 0x5FC106
KEY_HISTORY, PRINTED, PAIRING_CODE = 0x5FC10C, 0x5FC109, 0x5FC123
FIRST_RETIRED = 0x5FC10D

_TABLE = (
    DataObject(0x5FC107, 0xDB00, "Card Capability Container"),
    DataObject(0x5FC102, 0x3000, "Card Holder Unique Identifier"),
    DataObject(0x5FC105, 0x0101, "X.509 Certificate for PIV Authentication"),
    DataObject(0x5FC103, 0x6010, "Cardholder Fingerprints", Access.PIN),
    DataObject(0x5FC106, 0x9000, "Security Object"),
    DataObject(0x5FC108, 0x6030, "Cardholder Facial Image", Access.PIN),
    DataObject(0x5FC101, 0x0500, "X.509 Certificate for Card Authentication"),
    DataObject(0x5FC10A, 0x0100, "X.509 Certificate for Digital Signature"),
    DataObject(0x5FC10B, 0x0102, "X.509 Certificate for Key Management"),
    DataObject(0x5FC109, 0x3001, "Printed Information", Access.PIN),
    DataObject(DISCOVERY, 0x6050, "Discovery Object", wrapper=DISCOVERY),
    DataObject(0x5FC10C, 0x6060, "Key History Object"),
    *(
        DataObject(
            FIRST_RETIRED + i, 0x1001 + i, f"Retired X.509 Certificate for Key Management {i + 1}"
        )
        for i in range(20)
    ),
    DataObject(0x5FC121, 0x1015, "Cardholder Iris Images", Access.PIN),
    DataObject(
        BIOMETRIC_GROUP, 0x1016, "Biometric Information Templates Group", wrapper=BIOMETRIC_GROUP
    ),
    DataObject(0x5FC122, 0x1017, "Secure Messaging Certificate Signer"),
    DataObject(0x5FC123, 0x1018, "Pairing Code Reference Data", Access.PIN),
)
OBJECTS = {entry.tag: entry for entry in _TABLE}
UNSIGNED = (CCC, PRINTED, DISCOVERY, KEY_HISTORY)
"""Objects that only the Security Object protects (a certificate or a CHUID is signed itself)."""

CERTIFICATES: dict[Slot, int] = {
    Slot.AUTHENTICATION: 0x5FC105,
    Slot.SIGNATURE: 0x5FC10A,
    Slot.KEY_MANAGEMENT: 0x5FC10B,
    Slot.CARD_AUTHENTICATION: 0x5FC101,
    Slot.ATTESTATION: 0x5FFF01,
    **{Slot(Slot.RETIRED_1 + i): FIRST_RETIRED + i for i in range(20)},
}
"""The object that holds the certificate of a slot."""


def find(tag: int, *, any_tag: bool = False) -> DataObject | None:
    """Find the object of a tag, or None; with `any_tag` also vendors' objects 5F0000 to 5FFFFF."""
    known = OBJECTS.get(tag)
    if known is None and any_tag and tag >> 16 == 0x5F:
        return DataObject(tag, 0, "vendor's object")
    return known


def requested(data: bytes) -> int:
    """Parse a tag list (5C) and return its tag; ValueError for other data."""
    item = Tlv.parse(data)
    return _tag_of(item)


def written(data: bytes) -> tuple[int, Tlv]:
    """Parse PUT DATA; return tag and wrapper with the value. ValueError if it is malformed.

    Spec: SP 800-73-4, part 2, 3.3.2 (tag list and 53, or 7E, or 7F61 by itself).
    """
    items = parse_all(data)
    if len(items) == 1 and items[0].tag in (DISCOVERY, BIOMETRIC_GROUP):
        return items[0].tag, items[0]
    if len(items) != 2:
        raise ValueError(f"{len(items)} data objects, not a tag list and a value")
    return _tag_of(items[0]), items[1]


def _tag_of(item: Tlv) -> int:
    if item.tag != TAG_LIST or not 1 <= len(item.value) <= 3:
        raise ValueError(f"tag {item.tag:X} is not a tag list of one tag")
    return int.from_bytes(item.value, "big")


def certificate_object(certificate: bytes) -> bytes:
    """Encode the value of a certificate object with an uncompressed DER certificate."""
    return tlv(CERTIFICATE, certificate) + tlv(CERTIFICATE_INFO, b"\0") + tlv(ERROR_DETECTION)
