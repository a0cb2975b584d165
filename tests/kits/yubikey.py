"""What a host sends to a YubiKey."""

from __future__ import annotations

from vcard.crc import crc16


def configuration(
    *,
    key: bytes = bytes(16),
    access: bytes = bytes(6),
    extended: int = 0,
    ticket: int = 0,
    config: int = 0,
) -> bytes:
    """A configuration of an OTP slot, with its CRC."""
    raw = bytes(22) + key + access + bytes((0, extended, ticket, config, 0, 0))
    return raw + (crc16(raw) ^ 0xFFFF).to_bytes(2, "little")
