"""A security key in tests: the fixture `fido2`, its CA, and the finger that touches it.

The key is new in each test, its CA and attestation are made once for each test process.
`@pytest.mark.vcard_fido2(...)` sets options: `pin`, `touch`, and those of applets.fido2.Settings.
Needs the `fido2` extra.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from . import markers

if TYPE_CHECKING:
    from applets.fido2 import Fido2, Issuer, Touch
    from vcard import Card


@dataclass(frozen=True, slots=True)
class SecurityKey:
    """A card (`reader.insert(fido2.card)`) and what is known of it outside."""

    card: Card
    fido2: Fido2
    issuer: Issuer
    pin: str | None

    @property
    def touch(self) -> Touch:
        """The button: `press()` touches it, `wanted` tells whether the key waits for that."""
        return self.fido2.touch


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    markers.declare(config, "vcard_fido2", "how the fixture `fido2` is made")


@pytest.fixture
def fido2(request: pytest.FixtureRequest) -> SecurityKey:
    """A security key without a PIN, whose user touches at once; in no reader yet."""
    return made(**markers.options(request.node, "vcard_fido2"))


def made(pin: str | None = None, touch: Touch | None = None, **settings: Any) -> SecurityKey:
    """A security key; for the options, see this module."""
    from applets.fido2 import Fido2, Settings

    chosen, issuer = Settings(**settings), _issuer()
    applet = Fido2(chosen, touch=touch, attestation=issuer.equip(chosen.aaguid), pin=pin)
    return SecurityKey(applet.on_card(), applet, issuer, pin)


@cache
def _issuer() -> Issuer:
    from applets.fido2 import Issuer

    return Issuer.create()
