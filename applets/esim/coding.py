"""How digits are written: EID, ICCID, IMSI."""

from __future__ import annotations


def swapped(digits: str) -> bytes:
    """Digits as semi-octets, the first in the low half; odd ones are filled up with F."""
    padded = digits + "F" * (len(digits) % 2)
    return bytes(int(padded[i + 1] + padded[i], 16) for i in range(0, len(padded), 2))


def unswapped(raw: bytes) -> str:
    """The digits of semi-octets, without fillers."""
    return "".join(f"{byte & 15:X}{byte >> 4:X}" for byte in raw).rstrip("F")


def iccid_bytes(digits: str) -> bytes:
    """An ICCID of 18..20 digits as EF.ICCID has it, 10 bytes.

    Spec: ITU-T E.118; ETSI TS 102 221, 13.2.
    """
    if not (digits.isdecimal() and 18 <= len(digits) <= 20):
        raise ValueError(f"an ICCID has 18..20 digits, not {digits!r}")
    return swapped(digits.ljust(20, "F"))


def imsi_bytes(digits: str) -> bytes:
    """An IMSI of 6..15 digits as EF.IMSI has it, 9 bytes. Spec: 3GPP TS 31.102, 4.2.2."""
    if not (digits.isdecimal() and 6 <= len(digits) <= 15):
        raise ValueError(f"an IMSI has 6..15 digits, not {digits!r}")
    parity = "9" if len(digits) % 2 else "1"
    coded = swapped(parity + digits)
    return bytes((len(coded),)) + coded.ljust(8, b"\xff")
