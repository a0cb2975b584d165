"""Makes of cards."""

from __future__ import annotations

from applets.openpgp import OpenPgp
from applets.openpgp.codes import ATTESTATION, DECRYPTION, SIGNATURE
from applets.openpgp.persona import PERSONAS, PLAIN, YUBIKEY, yubikey
from tests.kits import golden
from tests.kits.openpgp.host import Host


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


def test_firmware_before_5_2_has_version_2_1_with_rsa_alone() -> None:
    host = Host(OpenPgp(persona=yubikey((4, 3, 7)), serial=12345678))
    assert host.get(0x4F).hex().startswith("d276000124010201")
    told = host.get(0x6E)
    assert not any(tag in told for tag in (b"\x7f\x66", b"\xda\x06", b"\xde\x06"))
    for tag in (0x7F66, 0xDE, 0xFA, 0xF9, 0xFC):
        assert host.word(0xCA, tag >> 8, tag & 0xFF) == "6A88"
    assert host.word(0xA5, 2, 4, bytes.fromhex("60045C027F21")) == "6D00"
    assert host.word(0xCC, 0x7F, 0x21) == "6D00"
    host.administer()
    assert host.put(0xC1, bytes.fromhex("132A8648CE3D030107")) == "6A80"
    assert host.put(0xC1, bytes.fromhex("011000001100")) == "9000"
    assert host.put(0xD6, b"\3\x20") == "6A80"
    assert host.put(0xD6, b"\1\x20") == "9000"
    assert host.put(0x7F21, b"certificate") == "9000"


def test_every_value_is_that_of_its_source():
    """Spec: OpenPGP card 3.4.1."""
    golden.check("openpgp_personas", golden.values(PERSONAS))
