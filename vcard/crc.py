"""The CRC of a T=1 block, and of a YubiKey's one-time passwords.

Spec: ISO/IEC 13239 (16 bits, x^16 + x^12 + x^5 + 1, lowest bit first).
"""

from __future__ import annotations

_POLYNOMIAL = 0x8408


def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)  # noqa: PLW2901 - one register
        table.append(value)
    return tuple(table)


_BY_BYTE = _table()


def crc16(raw: bytes) -> int:
    """Compute the CRC before its final complement, which neither user of it sends."""
    crc = 0xFFFF
    for byte in raw:
        crc = crc >> 8 ^ _BY_BYTE[(crc ^ byte) & 0xFF]
    return crc
