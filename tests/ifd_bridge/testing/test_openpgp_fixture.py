"""The fixture `openpgp`."""

from __future__ import annotations

import pytest

from ifd_bridge.testing.openpgp_fixture import made, openpgp
from tests.kits.openpgp.host import Host

__all__ = ["openpgp"]


def test_the_card_has_keys_and_the_first_passwords(openpgp) -> None:
    openpgp.card.power_up()
    assert (openpgp.pin, openpgp.admin_pin) == ("123456", "12345678")
    assert openpgp.card.exchange(bytes.fromhex("00CA00DE00")).hex() == "0102020203029000"


@pytest.mark.vcard_openpgp(pin="654321", tries=(1, 3, 3), serial=7)
def test_a_marker_sets_options(openpgp) -> None:
    assert openpgp.pin == "654321"
    assert Host(made(serial=7).openpgp).get(0x4F)[10:14].hex() == "00000007"
