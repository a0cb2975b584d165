"""Termination and a new activation."""

from __future__ import annotations

from tests.kits.openpgp.host import Host


def block(host: Host, reference: int) -> None:
    for _ in range(3):
        assert host.verify(reference, b"@" * 32) == "6982"


def test_an_operational_card_needs_its_administrator_to_end(host: Host) -> None:
    assert host.word(0xE6, 0, 0) == "6982"
    assert host.word(0x44, 0, 0) == "9000"
    assert host.get(0xDE)[1] == 2
    host.administer()
    assert host.word(0xE6, 0, 0) == "9000"


def test_a_terminated_card_can_only_be_activated(host: Host) -> None:
    block(host, 0x83)
    assert host.word(0xE6, 0, 0) == host.word(0xE6, 0, 0) == "9000"
    assert host.word(0xCA, 0, 0x4F) == "6985"
    assert str(host.power_up().sw) == "6285"
    assert host.word(0x44, 0, 0) == "9000"
    assert str(host.select().sw) == "9000"


def test_the_next_life_is_that_of_a_new_card(host: Host) -> None:
    aid = host.get(0x4F)
    host.administer()
    assert host.put(0x5B, b"Somebody") == host.put(0xD3, b"11112222") == "9000"
    block(host, 0x83)
    assert host.word(0xE6, 0, 0) == host.word(0x44, 0, 0) == "9000"
    host.select()
    assert (host.get(0x4F), host.get(0x5B), host.get(0xDE).hex()) == (aid, b"", "010002000300")
    assert host.get(0xC4).hex() == "007f7f7f030003"
    host.user()
    host.administer()


def test_a_yubikey_wants_both_blocked_and_keeps_its_attestation(yubikey: Host) -> None:
    certificate = yubikey.get(0xFC)
    block(yubikey, 0x83)
    assert yubikey.word(0xE6, 0, 0) == "6982"
    block(yubikey, 0x81)
    assert yubikey.word(0xE6, 0, 0) == yubikey.word(0x44, 0, 0) == "9000"
    assert yubikey.get(0xFC) == certificate
    assert yubikey.get(0xDE).hex() == "0100020003008101"
