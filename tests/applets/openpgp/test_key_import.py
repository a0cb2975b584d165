"""Imported keys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from applets.openpgp.attributes import Attributes, named
from applets.openpgp.codes import ATTESTATION, DECRYPTION, SIGNATURE, SLOTS
from applets.openpgp.key_import import ImportedKey
from applets.shared.key_kinds import public_parts
from tests.kits.openpgp.host import header_list, made_key
from vcard.tlv import tlv

B6 = bytes.fromhex("B600")


def number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def rsa_parts() -> dict[int, bytes]:
    key = made_key("RSA-2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    own = key.private_numbers()
    values = (65537, own.p, own.q, own.iqmp, own.dmp1, own.dmq1, own.public_numbers.n)
    return dict(zip(range(0x91, 0x98), map(number, values), strict=True))


def build(parts: dict[int, bytes], name: str = "RSA-2048", slot=SIGNATURE):
    imported = ImportedKey.parse(header_list(bytes((slot.crt, 0)), *parts.items()), SLOTS)
    return imported.build(Attributes.parse(named(name, slot, 0x20)))


@pytest.mark.parametrize("tags", [(0x91, 0x92, 0x93), range(0x91, 0x97), range(0x91, 0x98)])
def test_an_rsa_key_comes_in_each_of_the_formats(tags) -> None:
    parts = rsa_parts()
    assert (
        build({tag: parts[tag] for tag in tags}).public_key() == made_key("RSA-2048").public_key()
    )


@pytest.mark.parametrize("tag", range(0x91, 0x98))
def test_a_number_that_does_not_fit_is_refused(tag: int) -> None:
    parts = rsa_parts()
    parts[tag] = number(int.from_bytes(parts[tag], "big") + 2)
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        build(parts)


@pytest.mark.parametrize("name", ["P-256", "P-521", "brainpoolP384r1", "secp256k1"])
def test_a_key_on_a_curve_comes_as_its_number(name: str) -> None:
    key = made_key(name)
    secret = number(key.private_numbers().private_value)
    public = public_parts(key.public_key())[0x86]
    assert build({0x92: secret, 0x99: public}, name).public_key() == key.public_key()
    with pytest.raises(ValueError, match="public key"):
        build({0x92: secret, 0x99: public[::-1]}, name)
    with pytest.raises(ValueError, match="bytes"):
        build({0x92: bytes(99)}, name)


def test_ed25519_comes_as_it_is_and_x25519_reversed() -> None:
    ed25519, x25519 = made_key("Ed25519"), made_key("X25519")
    assert (
        build({0x92: ed25519.private_bytes_raw()}, "Ed25519").public_key() == ed25519.public_key()
    )
    reverse = x25519.private_bytes_raw()[::-1]
    assert build({0x92: reverse}, "X25519", DECRYPTION).public_key() == x25519.public_key()


def test_a_list_without_a_template_names_a_key_only() -> None:
    assert ImportedKey.parse(header_list(B6), SLOTS) == ImportedKey(SIGNATURE, {})
    named_by_number = bytes.fromhex("B603840181")
    assert ImportedKey.parse(header_list(named_by_number), SLOTS).slot is ATTESTATION


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "4D00",
        "4C02B600",
        "4D02B700",
        "4D05B6038401" + "82",
        "4D05B6007F4800",
        "4D0AB6007F480292055F480100",
    ],
)
def test_what_is_malformed_is_refused(raw: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        ImportedKey.parse(bytes.fromhex(raw), SLOTS)


def test_values_that_are_not_as_long_as_the_template_says_are_refused() -> None:
    raw = tlv(0x4D, B6, tlv(0x7F48, bytes.fromhex("9220")), tlv(0x5F48, bytes(31)))
    with pytest.raises(ValueError, match="the template lists 32 bytes, but there are 31"):
        ImportedKey.parse(raw, SLOTS)
