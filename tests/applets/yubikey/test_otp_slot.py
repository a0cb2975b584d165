import pytest

from applets.yubikey.otp_slot import Slot
from tests.kits.yubikey import configuration
from vcard.crc import crc16


def test_the_checksum_leaves_its_residue():
    assert crc16(configuration()) == 0xF0B8


@pytest.mark.parametrize("raw", [b"", bytes(52), configuration()[:-1] + b"!"])
def test_what_is_no_configuration_is_refused(raw):
    with pytest.raises(ValueError, match="length or CRC"):
        Slot(raw)


def test_an_update_changes_what_it_may():
    old = Slot(configuration(key=b"k" * 16, ticket=0x40, config=0x22, extended=0x20))
    new = Slot(configuration(ticket=0xBF, config=0xFF, extended=0x24, access=b"secret"))
    updated = old.updated(new)
    assert updated.key == b"k" * 16
    assert updated.access_code == b"secret"
    assert updated.raw[45:48] == b"\x24\x7f\x2e"
    assert "k" * 16 not in repr(updated)


def test_a_short_challenge_ends_before_its_padding():
    key = bytes.fromhex("abba")
    slot = Slot(configuration(key=key.ljust(16, b"\0"), ticket=0x40, config=0x26))
    challenge = bytes.fromhex("abba").ljust(64, b"\0")
    assert slot.hmac(challenge).hex().upper() == "F8DE2586056D89D8B961A072D1245A495D2155E1"
