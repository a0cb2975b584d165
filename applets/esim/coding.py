"""How digits and numbers are written: EID, ICCID, IMSI and the DER details of SGP.22."""

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


def integer(number: int) -> bytes:
    """The contents of a DER INTEGER that is not negative."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def number(raw: bytes) -> int:
    """The value of a DER INTEGER's contents; ValueError if there are none."""
    if not raw:
        raise ValueError("an INTEGER has at least one byte")
    return int.from_bytes(raw, "big", signed=True)


def bits(*positions: int) -> bytes:
    """The contents of a BIT STRING with named bits: trailing zero bits are left out, as in DER."""
    if not positions:
        return b"\0"
    last = max(positions)
    value = sum(1 << (7 - position % 8 + 8 * (last // 8 - position // 8)) for position in positions)
    return bytes((7 - last % 8,)) + value.to_bytes(last // 8 + 1, "big")


def positions(raw: bytes) -> frozenset[int]:
    """Which named bits of a BIT STRING's contents are set; ValueError if it is none."""
    if not raw or raw[0] > 7 or (len(raw) == 1 and raw[0]):
        raise ValueError("a BIT STRING begins with the number of its unused bits")
    count = 8 * (len(raw) - 1) - raw[0]
    return frozenset(i for i in range(count) if raw[1 + i // 8] & 0x80 >> i % 8)
