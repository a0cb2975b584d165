"""Commands for Yubico's tools."""

from __future__ import annotations

import pytest
from cryptography import x509

from applets.openpgp import AUTHENTICATION, SIGNATURE
from tests.kits.openpgp.host import Host
from vcard import Command


def attest(host: Host, slot: int) -> str:
    return str(host.raw(bytes(Command(0x80, 0xFB, slot, 0))).sw)


@pytest.mark.parametrize("ins", [0xF1, 0xF2, 0xFB])
def test_a_plain_card_has_no_vendor_s_commands(blank: Host, ins: int) -> None:
    assert blank.word(ins, 0, 0) == "6D00"


def test_the_version_is_bcd(yubikey: Host) -> None:
    assert yubikey.send(0xF1, 0, 0).data.hex() == "050702"


def test_tries_are_set_by_the_administrator(yubikey: Host) -> None:
    assert yubikey.word(0xF2, 0, 0, b"\5\6\7") == "6982"
    yubikey.administer()
    for data, word in ((b"\5\6", "6700"), (b"\0\6\7", "6A80"), (b"\5\6\7", "9000")):
        assert yubikey.word(0xF2, 0, 0, data) == word
    assert yubikey.get(0xC4)[4:].hex() == "050007"
    assert yubikey.put(0xD3, b"11112222") == "9000"
    assert yubikey.get(0xC4)[4:].hex() == "050607"


def test_there_may_be_more_tries_than_a_status_word_tells(yubikey: Host) -> None:
    yubikey.administer()
    assert yubikey.put(0xD3, b"11112222") == "9000"
    assert yubikey.word(0xF2, 0, 0, b"\5\0\x64") == "6A80"
    assert yubikey.word(0xF2, 0, 0, b"\5\0\x19") == "9000"
    assert yubikey.get(0xC4)[4:].hex() == "050319"
    assert yubikey.verify(0x83, b"00000000") == "6982"
    assert yubikey.word(0x20, 0, 0x83) == "63CF"
    assert yubikey.get(0xC4)[4:].hex() == "050318"


def test_a_key_that_was_made_on_the_card_is_attested(yubikey: Host) -> None:
    yubikey.administer()
    assert yubikey.put(0xC1, bytes.fromhex("132A8648CE3D030107")) == "9000"
    yubikey.generate(SIGNATURE)
    assert attest(yubikey, 1) == "6982"
    yubikey.user()
    assert attest(yubikey, 1) == "9000"
    yubikey.send(0xA5, 2, 4, bytes.fromhex("60045C027F21"))
    made = x509.load_der_x509_certificate(yubikey.get(0x7F21))
    made.verify_directly_issued_by(x509.load_der_x509_certificate(yubikey.get(0xFC)))
    assert (attest(yubikey, 3), attest(yubikey, 4)) == ("6A88", "6A86")


def test_a_key_from_outside_is_not_attested(yubikey: Host) -> None:
    yubikey.administer()
    assert yubikey.put(0xC3, bytes.fromhex("162B06010401DA470F01")) == "9000"
    assert yubikey.import_key(AUTHENTICATION, (0x92, b"\x5a" * 32)) == "9000"
    yubikey.user()
    assert attest(yubikey, 3) == "6985"
