"""Algorithm attributes."""

from __future__ import annotations

import pytest

from applets.openpgp.attributes import NAMES, Attributes, named, supported
from applets.openpgp.codes import AUTHENTICATION, DECRYPTION, SIGNATURE, SLOTS


@pytest.mark.parametrize("slot", SLOTS, ids=lambda slot: slot.name)
def test_everything_that_is_listed_can_be_written(slot) -> None:
    listed = list(supported(slot, 0x20))
    assert len(listed) == len(NAMES)
    assert all(Attributes.parse(raw).fits(slot) for raw in listed)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("RSA-4096", "011000002000"),
        ("P-256", "132A8648CE3D030107"),
        ("brainpoolP512r1", "132B240303020801010D"),
        ("Ed25519", "162B06010401DA470F01"),
    ],
)
def test_attributes_are_those_that_gnupg_writes(name: str, raw: str) -> None:
    assert named(name, SIGNATURE, 0x20) == bytes.fromhex(raw)
    assert Attributes.parse(bytes.fromhex(raw)).kind.name == name


def test_ed25519_means_x25519_where_keys_decrypt() -> None:
    raw = named("Ed25519", DECRYPTION, 0x20)
    assert raw == named("X25519", DECRYPTION, 0x20) == bytes.fromhex("122B060104019755010501")


@pytest.mark.parametrize(("suffix", "flagged"), [("", False), ("00", False), ("FF", True)])
def test_the_last_byte_says_whether_a_public_key_is_imported(suffix: str, flagged: bool) -> None:
    found = Attributes.parse(bytes.fromhex("132A8648CE3D030107" + suffix))
    assert (found.kind.name, found.public_key) == ("P-256", flagged)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "01",
        "010400002000",
        "010800002004",
        "010800001000",
        "0108000020",
        "13",
        "162B656E",
        "99",
    ],
)
def test_what_is_no_algorithm_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="attributes"):
        Attributes.parse(bytes.fromhex(raw))


def test_a_slot_takes_only_what_it_can_use() -> None:
    ecdh = Attributes.parse(named("P-256", DECRYPTION, 0x20))
    assert not ecdh.fits(AUTHENTICATION)
    with pytest.raises(ValueError, match="no algorithm"):
        named("P-192", SIGNATURE, 0x20)
