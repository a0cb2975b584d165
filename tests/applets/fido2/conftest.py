"""Fixtures for FIDO2 cards."""

from __future__ import annotations

import pytest
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2

from tests.kits.fido2.platform import PIN, Platform, fido


@pytest.fixture
def platform() -> Platform:
    """A platform with a new authenticator."""
    return Platform()


@pytest.fixture(params=[PinProtocolV1, PinProtocolV2], ids=["protocol 1", "protocol 2"])
def owner(request: pytest.FixtureRequest) -> Platform:
    """A platform with an authenticator that has a PIN, once for each protocol."""
    platform = Platform(fido(PIN))
    platform.protocol = request.param()
    return platform
