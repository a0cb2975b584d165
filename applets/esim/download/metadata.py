"""StoreMetadata: the description of a profile that the server sends first.

Spec: GSMA SGP.22, 5.5.3.
"""

from __future__ import annotations

from applets.shared.der import positions
from vcard import Tlv

from ..profiles import Event, Metadata, Policy, ProfileClass

CERTIFICATE_HASHES = (20, 32)
"""Bytes of SHA-1 and SHA-256."""


def profile_class(request: Tlv) -> int:
    """Return the profile class in the metadata, even an unknown one; operational if absent."""
    named = request.find(0x95)
    return ProfileClass.OPERATIONAL if named is None else int.from_bytes(named.value, "big")


def parse_metadata(request: Tlv) -> Metadata:
    """Parse StoreMetadataRequest (BF25); ValueError if a field is missing or malformed."""
    fields = {part.tag: part for part in request.children}
    if request.tag != 0xBF25 or 0x5A not in fields or len(fields[0x5A].value) != 10:
        raise ValueError("the metadata begin with an ICCID of 10 bytes")

    def value(tag: int) -> bytes:
        return fields[tag].value if tag in fields else b""

    return Metadata(
        fields[0x5A].value,
        value(0x91).decode(),
        value(0x92).decode(),
        ProfileClass(profile_class(request)),
        int.from_bytes(value(0x93), "big") if 0x93 in fields else None,
        value(0x94),
        tuple(_notification(part) for part in fields[0xB6].children) if 0xB6 in fields else (),
        value(0xB7),
        Policy(sum(0x80 >> bit for bit in positions(value(0x99)) if bit < 8))
        if 0x99 in fields
        else Policy(0),
        _privileges(fields[0xBF76]) if 0xBF76 in fields else b"",
        any(value(0x9F67)),
    )


def _privileges(rules: Tlv) -> bytes:
    """Parse carrier privilege rules; ValueError unless each has an application and rights."""
    for rule in rules.children:
        application = rule.find(0xE1, 0xC1)
        if rule.tag != 0xE2 or application is None or rule.find(0xE3) is None:
            raise ValueError("a carrier privilege rule is REF-AR-DO with REF-DO and AR-DO")
        if len(application.value) not in CERTIFICATE_HASHES:
            raise ValueError(f"{len(application.value)} bytes are no hash of a certificate")
    return rules.value


def _notification(part: Tlv) -> tuple[Event, str]:
    events, address = part.find(0x80), part.find(0x81)
    if events is None or address is None:
        raise ValueError("a notification has events and an address")
    named = sum(0x80 >> bit for bit in positions(events.value) if bit < 4)
    return Event(named), address.value.decode()
