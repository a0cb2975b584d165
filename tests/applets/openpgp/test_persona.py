"""Makes of cards."""

from __future__ import annotations

from applets.openpgp.codes import ATTESTATION, DECRYPTION, SIGNATURE
from applets.openpgp.persona import PERSONAS, PLAIN, YUBIKEY, yubikey


def test_the_aid_has_version_manufacturer_and_serial() -> None:
    assert PLAIN.aid(12345678).hex().upper() == "0304FF7C123456780000"


def test_capabilities_say_what_the_card_has() -> None:
    assert PLAIN.capabilities.hex().upper() == "7F000800080008000001"
    assert YUBIKEY.capabilities.hex().upper() == "7D000BFE080000FF0000"


def test_personas_are_known_by_name() -> None:
    assert all(PERSONAS[name].name == name for name in PERSONAS)
    assert ATTESTATION in YUBIKEY.slots
    assert ATTESTATION not in PLAIN.slots


def test_old_firmware_lists_curves_that_it_has_not() -> None:
    x25519, ed25519 = b"\x16\x2b\x06\x01\x04\x01\x97", b"\x16\x2b\x06\x01\x04\x01\xda"
    old, new = yubikey((5, 4, 3)), yubikey((5, 7, 2))
    assert any(raw.startswith(x25519) for raw in old.algorithms(SIGNATURE))
    assert any(raw.startswith(ed25519) for raw in old.algorithms(DECRYPTION))
    assert not any(raw.startswith(x25519) for raw in new.algorithms(SIGNATURE))
    assert (old.stray_length, new.stray_length) == (True, False)
