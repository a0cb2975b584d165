"""The applet's constructor and its demo contents."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from applets import openpgp
from applets.openpgp import DECRYPTION, SIGNATURE, OpenPgp
from tests.kits.openpgp.host import Host, made_key
from vcard import Card


def test_the_demonstration_card_has_keys_and_a_cardholder() -> None:
    host = Host(OpenPgp.demo(algorithms={SIGNATURE: "Ed25519"}, pin="654321"))
    assert host.get(0xDE).hex() == "010202020302"
    assert host.get(0x5B) == b"Example<<Alice"
    assert host.get(0xC1)[0] == 0x16
    assert 0 not in {host.get(0xC5)[20 * i] | host.get(0xC5)[20 * i + 1] for i in range(3)}
    assert host.verify(0x81, b"654321") == "9000"


def test_keys_come_as_pem_and_certificates_as_der() -> None:
    pem = made_key("X25519").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    host = Host(OpenPgp(keys={DECRYPTION: pem}, certificates={DECRYPTION: b"der"}))
    assert host.get(0xDE)[3] == 2
    host.send(0xA5, 1, 4, bytes.fromhex("60045C027F21"))
    assert host.get(0x7F21) == b"der"


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="8 decimal digits"):
        OpenPgp(serial=100_000_000)
    with pytest.raises(ValueError, match="no algorithm"):
        OpenPgp(keys={SIGNATURE: made_key("RSA-1024")})
    with pytest.raises(ValueError, match="no key of a card"):
        OpenPgp(keys={SIGNATURE: object()})  # type: ignore[dict-item]


def test_the_card_answers_before_it_is_selected() -> None:
    card = OpenPgp(serial=1).on_card()
    assert isinstance(card, Card)
    card.power_up()
    assert card.exchange(bytes.fromhex("00CA004F00"))[-2:] == b"\x90\0"  # type: ignore[index]


def test_the_package_imports_late() -> None:
    assert openpgp.Persona
    with pytest.raises(AttributeError, match="nothing"):
        openpgp.nothing  # noqa: B018 - asked for
