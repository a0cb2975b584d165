"""An issued PIV card in tests: the fixture `piv`, its CA and its certificate.

The keys are made once for each test process; CA, certificates and card are new in each test.
`@pytest.mark.vcard_piv(...)` sets options: `subject`, `not_before`, `not_after`, and those of
applets.piv.Piv (`pin`, `identity`, ...). Needs the `piv` extra.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from . import markers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography import x509

    from applets.piv import Issuer, Piv, Slot
    from applets.shared.key_kinds import PrivateKey
    from vcard import Card


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """A card (`reader.insert(piv.card)`) and what is known of it outside."""

    card: Card
    piv: Piv
    issuer: Issuer
    certificates: Mapping[Slot, x509.Certificate]

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate for authentication (slot 9A)."""
        from applets.piv import Slot

        return self.certificates[Slot.AUTHENTICATION]

    @property
    def pin(self) -> str:
        """The PIN that the card was issued with."""
        return self.piv.contents.pin

    @property
    def puk(self) -> str:
        """The PUK that the card was issued with."""
        return self.piv.contents.puk


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    markers.declare(config, "vcard_piv", "how the fixture `piv` is issued")


@pytest.fixture
def piv(request: pytest.FixtureRequest) -> IssuedCard:
    """A PIV card with keys and certificates in its four slots; in no reader yet."""
    return issued(**markers.options(request.node, "vcard_piv"))


def issued(subject: str = "Alice Example", **options: Any) -> IssuedCard:
    """An issued card; for the options, see this module."""
    from applets.piv import Issuer, Piv

    issuer = Issuer.create()
    days = {name: options.pop(name) for name in ("not_before", "not_after") if name in options}
    keys = _keys()
    certificates = {
        slot: issuer.issue(subject, key.public_key(), slot, **days) for slot, key in keys.items()
    }
    piv = Piv(keys=keys, certificates=certificates, **options)
    return IssuedCard(piv.on_card(), piv, issuer, certificates)


@cache
def _keys() -> Mapping[Slot, PrivateKey]:
    from applets.piv.algorithms import generate
    from applets.piv.issuing import DEMO_KEYS

    return {slot: generate(algorithm) for slot, algorithm in DEMO_KEYS.items()}
