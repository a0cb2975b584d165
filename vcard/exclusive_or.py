"""The exclusive-or of bytes, and of two strings of them.

Of bytes: TCK of an ATR, PCK of a PPS, LRC of a T=1 block or a serial frame, of a FASC-N.

Spec: ISO/IEC 7816-3, 8.2.5 (TCK), 9.2 (PCK), 11.4.4 (LRC).
"""

from __future__ import annotations

from functools import reduce
from operator import xor

_SHORT = 16


def exclusive_or(raw: bytes) -> int:
    """Combine all bytes into one; 0 for none."""
    size = len(raw)
    if size <= _SHORT:
        return reduce(xor, raw, 0)
    folded = int.from_bytes(raw, "big")  # halves at once: quicker than byte by byte
    while size > 1:
        size = (size + 1) // 2
        folded = folded >> 8 * size ^ folded & (1 << 8 * size) - 1
    return folded


def mixed(left: bytes, right: bytes) -> bytes:
    """Combine two strings byte by byte; ValueError if their lengths differ."""
    size = len(left)
    if size != len(right):
        raise ValueError(f"{size} bytes cannot be combined with {len(right)}")
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(size, "big")
