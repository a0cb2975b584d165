"""The identifiers of a card: a UUID and a FASC-N, the number that a federal agency assigns."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from vcard.exclusive_or import exclusive_or

NON_FEDERAL = ("9999", "9999", "999999")
"""Agency, system and credential in the FASC-N of cards from no federal agency."""


@dataclass(frozen=True, slots=True)
class CardNumbers:
    """The identifiers of a card, in its CHUID and in certificates that name it.

    `guid` is 16 bytes, a UUID; `fasc_n` 25 bytes (see the function of this name).
    Spec: FIPS 201-3, 4.2.1 and 4.2.2; SP 800-73-4, part 1, 3.1.2.
    """

    guid: bytes
    fasc_n: bytes

    @classmethod
    def made(cls, guid: bytes | None = None, fasc_n: bytes | None = None) -> CardNumbers:
        """Make the numbers: by default a random UUID and the non-federal FASC-N."""
        return cls(guid or random_guid(), fasc_n or agency_number(*NON_FEDERAL))


def random_guid() -> bytes:
    """A UUID of version 4. Spec: RFC 4122, 4.4."""
    guid = bytearray(secrets.token_bytes(16))
    guid[6], guid[8] = guid[6] & 0x0F | 0x40, guid[8] & 0x3F | 0x80
    return bytes(guid)


def agency_number(agency: str, system: str, credential: str) -> bytes:
    """Make a FASC-N from 4, 4 and 6 digits, without a person; ValueError for other lengths."""
    for name, digits, size in (
        ("an agency", agency, 4), ("a system", system, 4), ("a credential", credential, 6),
    ):  # fmt: skip
        if not (digits.isascii() and digits.isdecimal() and len(digits) == size):
            raise ValueError(f"{name} has {size} digits, not {digits!r}")
    return fasc_n(agency, system, credential, person="0000000000")


def fasc_n(agency: str, system: str, credential: str, *, person: str) -> bytes:
    """Encode a Federal Agency Smart Credential Number, 25 bytes: 5-bit BCD with odd parity.

    Spec: Technical Implementation Guidance: Smart Card Enabled PACS, 2.3, clause 6.
    """
    start, separator, end = 0b1011, 0b1101, 0b1111
    groups = (agency, system, credential, "0", "1", person + "3" + "0000" + "1")
    symbols = [start]
    for i, group in enumerate(groups):
        symbols += [separator] * (i > 0) + [int(digit) for digit in group]
    symbols.append(end)
    symbols.append(exclusive_or(bytes(symbols)))
    bits = "".join(f"{s:04b}"[::-1] + str(1 - s.bit_count() % 2) for s in symbols)
    return int(bits, 2).to_bytes(25, "big")
