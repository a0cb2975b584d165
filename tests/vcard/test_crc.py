from __future__ import annotations

from vcard.crc import crc16


def test_the_check_value_of_the_catalogue() -> None:
    """CRC-16/MCRF4XX, which has no final complement."""
    assert crc16(b"123456789") == 0x6F91
    assert crc16(b"") == 0xFFFF


def test_a_message_with_its_complement_has_the_residue_of_the_standard() -> None:
    message = bytes(range(50))
    assert crc16(message + (crc16(message) ^ 0xFFFF).to_bytes(2, "little")) == 0xF0B8
