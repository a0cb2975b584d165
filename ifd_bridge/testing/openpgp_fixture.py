"""An OpenPGP card in tests: the fixture `openpgp`.

The keys are made once for each test process; the card is new in each test.
`@pytest.mark.vcard_openpgp(...)` sets options: those of applets.openpgp.OpenPgp (`pin`, `tries`,
`touch`, `persona`, ...). Needs the `openpgp` extra.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from . import markers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from applets.openpgp import OpenPgp, Slot
    from applets.shared.key_kinds import PrivateKey
    from vcard import Card


@dataclass(frozen=True, slots=True)
class OpenPgpCard:
    """A card (`reader.insert(openpgp.card)`) and what is known of it outside."""

    card: Card
    openpgp: OpenPgp

    @property
    def pin(self) -> str:
        """PW1, as the card was made with it."""
        return self.openpgp.contents.pw1.decode()

    @property
    def admin_pin(self) -> str:
        """PW3, as the card was made with it."""
        return self.openpgp.contents.pw3.decode()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    markers.declare(config, "vcard_openpgp", "how `openpgp` is made")


@pytest.fixture
def openpgp(request: pytest.FixtureRequest) -> OpenPgpCard:
    """The demonstration card, with an RSA-2048 key in each slot; in no reader yet."""
    return made(**markers.options(request.node, "vcard_openpgp"))


def made(**options: Any) -> OpenPgpCard:
    """A card with keys and a cardholder; for the options, see this module."""
    from applets.openpgp import OpenPgp
    from applets.openpgp.openpgp import DEMO_OBJECTS

    applet = OpenPgp(keys=_keys(), objects=DEMO_OBJECTS, **options)
    return OpenPgpCard(applet.on_card(), applet)


@cache
def _keys() -> Mapping[Slot, PrivateKey]:
    from applets.openpgp.codes import USER_SLOTS
    from applets.shared.key_kinds import KINDS

    return {slot: KINDS["RSA-2048"].generate() for slot in USER_SLOTS}
