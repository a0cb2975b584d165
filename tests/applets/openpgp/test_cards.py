"""Cards of the catalogue."""

from __future__ import annotations

import pytest

from applets.catalogue import CARDS
from applets.openpgp.persona import YUBIKEY
from tests.kits.openpgp.host import Host
from vcard import Memory


class Made(Host):
    """A host beside a card made from options."""

    def __init__(self, memory: Memory | None = None, **options: str) -> None:
        named = {name.replace("_", "-"): value for name, value in options.items()}
        self.card = CARDS["openpgp"](memory, named)
        self.power_up()


def test_options_make_the_card() -> None:
    host = Made(
        serial="87654321", manufacturer="0005", version="3.3", name="Roe<<Jane", pin="111111",
        admin_pin="22222222", resetting_code="33333333", pin_tries="5", admin_tries="7",
        signature="P-256", uif="no", kdf="none",
    )  # fmt: skip
    assert host.get(0x4F).hex().upper() == "D27600012401" + "0303" + "0005" + "87654321" + "0000"
    assert host.get(0x5B) == b"Roe<<Jane"
    assert host.get(0xC4)[4:].hex() == "050307"
    assert host.get(0xC1)[0] == 0x13
    assert host.verify(0x81, b"111111") == host.verify(0x83, b"22222222") == "9000"
    assert host.word(0xCA, 0, 0xF9) == host.word(0xCA, 0, 0xD6) == "6A88"


def test_a_demonstration_is_personalised_once() -> None:
    memory = Memory()
    algorithms = dict.fromkeys(("signature", "decryption", "authentication"), "Ed25519")
    options = {"demo": "", **algorithms}
    first = Made(memory, **options).get(0xC5)
    assert Made(memory, **options).get(0xC5) == first != bytes(60)


def test_an_identity_brings_its_atr() -> None:
    host = Made(identity="yubikey", uif="yes", kdf="store")
    assert host.card.atr == YUBIKEY.atr
    assert host.send(0xF1, 0, 0).data.hex() == "050702"


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(ValueError, match="signature is one of RSA-2048"):
        Made(signature="RSA-1024")
