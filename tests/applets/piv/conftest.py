"""Fixtures for PIV cards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from applets.piv import Algorithm, Piv, Slot
from applets.shared.key_kinds import PrivateKey
from tests.kits.piv.host import Host, made_key


@pytest.fixture(scope="session")
def key_for() -> Callable[[Algorithm], PrivateKey]:
    """One private key for each algorithm, made at its first use."""
    return made_key


@pytest.fixture(scope="session")
def host_for() -> type[Host]:
    """Make a host with a card in its hand: `host_for(Piv(...), memory)`."""
    return Host


@pytest.fixture
def host() -> Host:
    """A host with a plain card that has a P-256 key in each slot."""
    return Host(Piv(keys=_keys()))


@pytest.fixture
def yubikey() -> Host:
    """A host with a YubiKey's PIV application, and a P-256 key in each slot."""
    return Host(Piv(keys=_keys(), identity="yubikey"))


def _keys() -> dict[Slot, PrivateKey]:
    slots = (Slot.AUTHENTICATION, Slot.SIGNATURE, Slot.KEY_MANAGEMENT, Slot.CARD_AUTHENTICATION)
    return dict.fromkeys(slots, made_key(Algorithm.P256))
