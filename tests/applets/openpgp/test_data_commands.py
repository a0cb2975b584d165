"""GET DATA, PUT DATA, SELECT DATA, GET NEXT DATA."""

from __future__ import annotations

from dataclasses import replace

import pytest

from applets.openpgp import OpenPgp
from applets.openpgp.persona import PLAIN, yubikey
from tests.kits.openpgp.host import PW1, PW3, Host

CERTIFICATES = bytes.fromhex("60045C027F21")
S2K = bytes.fromhex(
    "81010382010883040200000084080102030405060708850811121314151617188608212223242526272887 20"
    + "AA" * 32 + "8820" + "BB" * 32
)  # fmt: skip


@pytest.fixture
def admin(blank: Host) -> Host:
    blank.administer()
    return blank


def test_writing_needs_the_administrator(blank: Host) -> None:
    for tag in (0x5B, 0xC1, 0xC4, 0xD3, 0xD5, 0xD6, 0xF9, 0x7F21, 0xC7, 0x1234):
        assert blank.put(tag, b"") == "6982"


def test_three_certificates_have_one_tag(admin: Host) -> None:
    for number in range(3):
        assert admin.word(0xA5, number, 4, CERTIFICATES) == "9000"
        assert admin.put(0x7F21, bytes((number,)) * 9) == "9000"
    assert admin.word(0xA5, 0, 4, CERTIFICATES) == "9000"
    assert admin.get(0x7F21) == bytes(9)
    assert [admin.send(0xCC, 0x7F, 0x21).data[:1] for _ in range(2)] == [b"\1", b"\2"]
    assert admin.word(0xCC, 0x7F, 0x21) == "6A88"
    assert admin.word(0xA5, 3, 4, CERTIFICATES) == "6A88"
    assert admin.word(0xA5, 0, 4, b"\x06" + CERTIFICATES) == "6A80"
    assert admin.put(0x7F21, bytes(0x801)) == "6700"
    admin.select()
    assert admin.get(0x7F21) == bytes(9)


def test_old_firmware_takes_a_stray_length_byte() -> None:
    host = Host(OpenPgp(persona=yubikey((5, 4, 3))))
    assert host.word(0xA5, 1, 4, b"\x06" + CERTIFICATES) == "9000"


def test_another_algorithm_takes_the_key_away(host: Host) -> None:
    host.administer()
    same = host.get(0xC1)
    assert host.put(0xC1, same) == "9000"
    assert host.get(0xDE)[1] == 2
    assert host.put(0xC1, bytes.fromhex("132A8648CE3D030107")) == "9000"
    assert host.get(0xDE)[1] == 0
    assert host.get(0xC7) != b""


@pytest.mark.parametrize(("tag", "raw"), [(0xC1, "99"), (0xC2, "132A8648CE3D030107"), (0xC3, "")])
def test_an_algorithm_that_a_slot_cannot_have_is_refused(admin: Host, tag: int, raw: str) -> None:
    assert admin.put(tag, bytes.fromhex(raw)) == "6A80"


def test_a_permanent_touch_policy_stays(admin: Host) -> None:
    assert admin.get(0xD6).hex() == "0020"
    for value, word in (("01", "6700"), ("0320", "6A80"), ("0100", "6A80"), ("0220", "9000")):
        assert admin.put(0xD6, bytes.fromhex(value)) == word
    assert admin.get(0xD6).hex() == "0220"
    assert admin.put(0xD6, bytes.fromhex("0020")) == "6985"


def test_pw1_may_count_for_several_signatures(admin: Host) -> None:
    for value, word in (("", "6700"), ("02", "6A80"), ("017F7F7E", "6A80"), ("017F7F7F", "9000")):
        assert admin.put(0xC4, bytes.fromhex(value)) == word
    assert admin.get(0xC4)[0] == 1


def test_a_resetting_code_is_set_and_removed(admin: Host) -> None:
    assert admin.put(0xD3, b"short") == "6A80"
    assert admin.put(0xD3, b"87654321") == "9000"
    assert admin.get(0xC4)[5] == 3
    assert admin.put(0xD3, b"") == "9000"
    assert admin.get(0xC4)[5] == 0


def test_an_aes_key_has_16_or_32_bytes(admin: Host, yubikey: Host) -> None:
    assert [admin.put(0xD5, bytes(size)) for size in (16, 24, 32)] == ["9000", "6700", "9000"]
    yubikey.administer()
    assert yubikey.put(0xD5, bytes(16)) == "6A88"


def test_the_hashes_of_a_kdf_are_the_passwords(admin: Host) -> None:
    assert admin.put(0xF9, b"\x81") == "6A80"
    assert admin.put(0xF9, S2K) == "9000"
    assert admin.get(0xF9) == S2K
    assert admin.word(0x20, 0, 0x83) == "9000"
    assert admin.verify(0x81, b"\xaa" * 32) == admin.verify(0x83, b"\xbb" * 32) == "9000"
    assert admin.put(0xF9, bytes.fromhex("810100")) == "9000"
    assert admin.verify(0x81, PW1) == admin.verify(0x83, PW3) == "9000"


def test_a_card_that_only_keeps_the_kdf_keeps_its_passwords() -> None:
    host = Host(OpenPgp(persona=replace(PLAIN, kdf_sets_passwords=False)))
    host.administer()
    assert host.put(0xF9, S2K) == "9000"
    assert host.verify(0x81, PW1) == "9000"


def test_a_card_without_kdf_or_button_does_not_know_the_objects() -> None:
    host = Host(OpenPgp(persona=replace(PLAIN, flags=0x7E, uif=frozenset())))
    host.administer()
    assert {host.put(tag, b"") for tag in (0xF9, 0xD6, 0xFC)} == {"6A88"}
    assert {host.word(0xCA, 0, tag) for tag in (0xF9, 0xD6)} == {"6A88"}
    assert b"\x7f\x74" not in host.get(0x6E)


def test_a_yubikey_s_certificate_to_attest_with_can_be_replaced(yubikey: Host) -> None:
    yubikey.administer()
    assert yubikey.put(0xFC, bytes(0x801)) == "6700"
    assert yubikey.put(0xFC, b"mine") == "9000"
    assert yubikey.get(0xFC) == b"mine"
