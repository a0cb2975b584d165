"""DER and BER details: numbers and named bits, as contents of data objects.

`vcard.tlv` has the data objects themselves; asn1crypto handles whole ASN.1 types.

Spec: ITU-T X.690, 8.3 (INTEGER), 8.6 and 11.2 (BIT STRING).
"""

from __future__ import annotations


def integer(number: int) -> bytes:
    """Encode the contents of a non-negative INTEGER."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def number(raw: bytes) -> int:
    """Decode the contents of an INTEGER; ValueError if they are empty."""
    if not raw:
        raise ValueError("an INTEGER has at least one byte")
    return int.from_bytes(raw, "big", signed=True)


def bits(*positions: int) -> bytes:
    """Encode the contents of a BIT STRING with named bits; DER leaves out trailing zero bits."""
    if not positions:
        return b"\0"
    last = max(positions)
    value = sum(1 << (7 - position % 8 + 8 * (last // 8 - position // 8)) for position in positions)
    return bytes((7 - last % 8,)) + value.to_bytes(last // 8 + 1, "big")


def positions(raw: bytes) -> frozenset[int]:
    """Return the positions of the bits set in a BIT STRING's contents; ValueError if malformed."""
    if not raw or raw[0] > 7 or (len(raw) == 1 and raw[0]):
        raise ValueError("a BIT STRING begins with the number of its unused bits")
    count = 8 * (len(raw) - 1) - raw[0]
    return frozenset(i for i in range(count) if raw[1 + i // 8] & 0x80 >> i % 8)
