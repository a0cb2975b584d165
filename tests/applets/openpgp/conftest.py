"""Fixtures for OpenPGP cards."""

from __future__ import annotations

import pytest

from applets.openpgp import AUTHENTICATION, DECRYPTION, SIGNATURE, OpenPgp
from applets.openpgp.persona import YUBIKEY
from tests.kits.openpgp.host import Host, made_key


@pytest.fixture
def blank() -> Host:
    """A new card, serial number 12345678."""
    return Host()


@pytest.fixture
def host() -> Host:
    """A card with keys on curves in its three slots."""
    keys = {
        SIGNATURE: made_key("Ed25519"),
        DECRYPTION: made_key("X25519"),
        AUTHENTICATION: made_key("P-256"),
    }
    return Host(OpenPgp(keys=keys, serial=12345678))


@pytest.fixture
def yubikey() -> Host:
    """The OpenPGP application of a YubiKey."""
    return Host(OpenPgp(persona=YUBIKEY, serial=12345678))
