"""Digits as cards store them: semi-octets, ICCID and IMSI.

Spec: 3GPP TS 31.102, 4.2.2 (EF.IMSI); ETSI TS 102 221, 13.2 (EF.ICCID).
"""

from __future__ import annotations


def swapped(digits: str) -> bytes:
    """Encode digits as semi-octets, low half first; an odd number is padded with F."""
    padded = digits + "F" * (len(digits) % 2)
    return bytes(int(padded[i + 1] + padded[i], 16) for i in range(0, len(padded), 2))


def unswapped(raw: bytes) -> str:
    """Decode semi-octets to digits, without the padding."""
    return "".join(f"{byte & 15:X}{byte >> 4:X}" for byte in raw).rstrip("F")


def iccid_bytes(digits: str) -> bytes:
    """Encode an ICCID of 18..20 digits as the 10 bytes of EF.ICCID; ValueError for others.

    Spec: ITU-T E.118; ETSI TS 102 221, 13.2.
    """
    if not (digits.isdecimal() and 18 <= len(digits) <= 20):
        raise ValueError(f"an ICCID has 18..20 digits, not {digits!r}")
    return swapped(digits.ljust(20, "F"))


def imsi_bytes(digits: str) -> bytes:
    """Encode an IMSI of 6..15 digits as the 9 bytes of EF.IMSI; ValueError for others.

    Spec: 3GPP TS 31.102, 4.2.2.
    """
    if not (digits.isdecimal() and 6 <= len(digits) <= 15):
        raise ValueError(f"an IMSI has 6..15 digits, not {digits!r}")
    parity = "9" if len(digits) % 2 else "1"
    coded = swapped(parity + digits)
    return bytes((len(coded),)) + coded.ljust(8, b"\xff")
