"""VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER."""

from __future__ import annotations

import pytest

from applets.openpgp import OpenPgp
from applets.openpgp.persona import YUBIKEY, yubikey
from tests.kits.openpgp.host import PW1, PW3, Host


def test_pw1_has_two_references_and_one_counter(blank: Host) -> None:
    assert blank.verify(0x81) == "9000"
    assert [blank.word(0x20, 0, ref) for ref in (0x81, 0x82, 0x83)] == ["9000", "63C3", "63C3"]
    assert blank.verify(0x82, b"000000") == "6982"
    assert blank.verify(0x81, b"000000") == "6982"
    assert blank.word(0x20, 0, 0x82) == "63C1"
    assert blank.verify(0x82) == "9000"
    assert blank.get(0xC4)[4] == 3


@pytest.mark.parametrize(("reference", "size"), [(0x81, 32), (0x83, 32), (0x81, 8), (0x83, 1)])
def test_a_value_of_any_length_blocks_in_the_end(blank: Host, reference: int, size: int) -> None:
    words = [blank.verify(reference, b"@" * size) for _ in range(4)]
    assert words == ["6982", "6982", "6982", "6983"]
    assert blank.word(0x20, 0, reference) == "6983"


def test_a_verification_can_be_forgotten(blank: Host) -> None:
    blank.user()
    assert blank.word(0x20, 0xFF, 0x81) == "9000"
    assert [blank.word(0x20, 0, ref) for ref in (0x81, 0x82)] == ["63C3", "9000"]
    assert blank.word(0x20, 0xFF, 0x81, PW1) == "6A80"


@pytest.mark.parametrize(("p1", "p2"), [(1, 0x81), (0, 0x80), (0, 0x84)])
def test_references_that_are_none(blank: Host, p1: int, p2: int) -> None:
    assert blank.word(0x20, p1, p2, PW1) == "6A86"


def test_passwords_are_changed_by_who_knows_them(blank: Host) -> None:
    assert blank.word(0x24, 0, 0x82, PW1 + b"654321") == "6A86"
    blank.user()
    blank.administer()
    assert blank.word(0x24, 0, 0x81, PW1 + b"654321") == "9000"
    assert blank.word(0x24, 0, 0x83, PW3 + b"87654321") == "9000"
    assert blank.word(0x20, 0, 0x83) == "9000"
    assert blank.word(0x24, 0, 0x81, b"654321" + b"short") == "6A80"
    assert blank.word(0x24, 0, 0x81, b"1") == "6982"
    assert [blank.word(0x20, 0, ref) for ref in (0x81, 0x82)] == ["63C2", "63C2"]


def test_the_administrator_and_the_resetting_code_set_a_new_pw1() -> None:
    host = Host(OpenPgp(resetting_code="11112222", tries=(1, 2, 3)))
    assert host.verify(0x81, b"000000") == "6982"
    assert host.word(0x2C, 2, 0x81, b"222222") == "6982"
    assert host.word(0x2C, 0, 0x81, b"11112222" + b"222222") == "9000"
    assert host.verify(0x81, b"222222") == "9000"
    host.administer()
    assert host.word(0x2C, 2, 0x81, b"333333") == "9000"
    assert host.word(0x2C, 2, 0x81, b"3") == "6A80"
    words = [host.word(0x2C, 0, 0x81, b"00000000" + b"222222") for _ in range(3)]
    assert words == ["6982", "6982", "6983"]
    assert host.word(0x2C, 1, 0x81, b"333333") == "6A86"


def test_a_card_without_resetting_code_refuses_it(blank: Host) -> None:
    assert blank.word(0x2C, 0, 0x81, b"222222") == "6983"


def test_old_firmware_tells_no_status_and_forgets_nothing() -> None:
    host = Host(OpenPgp(persona=yubikey((5, 4, 3)), serial=12345678))
    assert host.verify(0x82) == "9000"
    assert host.word(0x20, 0, 0x82) == host.word(0x20, 0xFF, 0x82) == "6A80"
    assert host.put(0x5E, b"login") == "6982"
    assert host.put(0x0101, b"still verified") == "9000"


def test_a_reference_that_is_not_there_is_refused_in_the_words_of_the_make(blank: Host) -> None:
    assert blank.word(0x20, 0, 0x80, PW1) == "6A86"
    assert Host(OpenPgp(persona=YUBIKEY)).word(0x20, 0, 0x80, PW1) == "6B00"
