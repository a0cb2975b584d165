"""The KDF-DO: hosts send hashes instead of passwords.

Spec: OpenPGP Smart Card Application 3.4, 4.3.2 (key derived format); RFC 4880, 3.7.1.3 (iterated
and salted S2K).
"""

from __future__ import annotations

from dataclasses import dataclass

from vcard.tlv import parse_all

NONE = bytes.fromhex("810100")
"""The DO of a card whose hosts send plain passwords."""
ALGORITHM, HASH, COUNT, SALTS, PW1_HASH, PW3_HASH = 0x81, 0x82, 0x83, (0x84, 0x85, 0x86), 0x87, 0x88
ITERATED = b"\x03"
SIZES = {b"\x08": 32, b"\x0a": 64}
"""The length of a hash, for SHA-256 and SHA-512."""


@dataclass(frozen=True, slots=True)
class Kdf:
    """A KDF-DO: whether hosts hash, and the initial hashes of PW1 and PW3 if it has them."""

    hashes: bool
    passwords: tuple[bytes, bytes] | None = None

    @classmethod
    def parse(cls, raw: bytes) -> Kdf:
        """Parse a KDF-DO; an empty one means no hashing. ValueError if it is malformed."""
        fields = {item.tag: item.value for item in parse_all(raw or NONE)}
        if fields.get(ALGORITHM) == b"\0":
            return cls(hashes=False)
        if fields.get(ALGORITHM) != ITERATED or len(fields.get(COUNT, b"")) != 4:
            raise ValueError("81 is 00 or 03, and 83 a number of 4 bytes")
        salts = [fields[tag] for tag in SALTS if tag in fields]
        if SALTS[0] not in fields or len(salts) not in (1, 3) or {len(s) for s in salts} != {8}:
            raise ValueError("84, or 84 to 86, are salts of 8 bytes")
        return cls(hashes=True, passwords=_passwords(fields))


def _passwords(fields: dict[int, bytes]) -> tuple[bytes, bytes] | None:
    size = SIZES.get(fields.get(HASH, b""))
    if size is None:
        raise ValueError("82 is 08 (SHA-256) or 0A (SHA-512)")
    if PW1_HASH not in fields and PW3_HASH not in fields:
        return None
    found = fields.get(PW1_HASH, b""), fields.get(PW3_HASH, b"")
    if {len(each) for each in found} != {size}:
        raise ValueError(f"87 and 88 are hashes of {size} bytes")
    return found
