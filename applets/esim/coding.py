"""DER integers and bit strings, as SGP.22 writes them."""

from __future__ import annotations


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
