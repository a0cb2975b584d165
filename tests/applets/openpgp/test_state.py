"""The state of a card."""

from __future__ import annotations

import pytest

from applets.openpgp import AUTHENTICATION, SIGNATURE, OpenPgp
from applets.openpgp.codes import Origin
from applets.openpgp.state import Contents
from tests.kits.openpgp.host import Host, made_key
from vcard import SW, Memory


def test_a_new_card_draws_a_serial_number_and_keeps_it() -> None:
    memory = Memory()
    first = Host(OpenPgp(), memory).applet.serial
    assert 10_000_000 <= first < 19_000_000
    assert Host(OpenPgp(serial=5), memory).applet.serial == first


def test_contents_count_for_a_blank_memory_only() -> None:
    memory = Memory()
    Host(OpenPgp(keys={SIGNATURE: made_key("Ed25519")}, resetting_code="12345678"), memory)
    again = Host(OpenPgp(pin="999999", tries=(9, 9, 9)), memory)
    assert again.get(0xDE).hex() == "010202000300"
    assert again.get(0xC4).hex() == "007f7f7f030303"
    assert again.verify(0x81) == "9000"


@pytest.mark.parametrize(
    "wrong",
    [
        {"pw1": b"12345"},
        {"pw3": b"1234567"},
        {"rc": b"1"},
        {"tries": (0, 3, 3)},
        {"tries": (3, 3, 16)},
    ],
)
def test_contents_that_cannot_be_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"has|are"):
        Contents(**wrong)
    assert "123456" not in repr(Contents())


def test_a_missing_key_is_referenced_data_not_found(host: Host) -> None:
    with pytest.raises(SW, match="6A88"):
        Host().applet.key(AUTHENTICATION)
    assert host.applet.origin(AUTHENTICATION) is Origin.IMPORTED
