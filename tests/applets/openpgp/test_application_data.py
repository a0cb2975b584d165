"""Constructed data objects."""

from __future__ import annotations

import pytest

from tests.kits.openpgp.host import Host
from vcard.tlv import Tlv, parse_all


def test_a_plain_card_gives_them_bare_and_a_yubikey_wrapped(blank: Host, yubikey: Host) -> None:
    for tag in (0x6E, 0x65, 0x7A, 0x73, 0xFA):
        whole = Tlv.parse(yubikey.get(tag))
        assert whole.tag == tag
        assert parse_all(blank.get(tag))[0].tag == whole.children[0].tag


def test_the_application_data_are_in_order(blank: Host, yubikey: Host) -> None:
    plain = parse_all(blank.get(0x6E))
    assert [item.tag for item in plain] == [0x4F, 0x5F52, 0x7F66, 0x7F74, 0x73]
    assert [item.tag for item in plain[-1].children] == [
        0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xCD, 0xDE, 0xD6, 0xD7, 0xD8,
    ]  # fmt: skip
    vendor = Tlv.parse(yubikey.get(0x6E)).find(0x73)
    assert vendor is not None
    assert {0xDA, 0xD9} <= {item.tag for item in vendor.children}


def test_parts_can_be_read_by_themselves(blank: Host) -> None:
    for item in parse_all(blank.get(0x73)):
        assert blank.get(item.tag) == item.value
    assert blank.get(0xC5) == bytes(60)
    assert blank.get(0xCD) == bytes(12)
    assert blank.get(0xC7) == b""
    assert blank.get(0x93) == bytes(3)
    assert blank.get(0x7F66).hex() == "0202080002020800"
    assert blank.get(0xF9).hex() == "810100"


@pytest.mark.parametrize("tag", [0x0000, 0xFB, 0xFC, 0xD9, 0xDA, 0xD5, 0xD3, 0x0105])
def test_what_the_card_does_not_know_is_not_found(blank: Host, tag: int) -> None:
    assert blank.word(0xCA, tag >> 8, tag & 0xFF) == "6A88"


def test_a_yubikey_has_a_certificate_to_attest_with(yubikey: Host) -> None:
    assert yubikey.get(0xFC)[0] == 0x30
