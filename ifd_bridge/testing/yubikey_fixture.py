"""A whole token in tests: the fixture `yubikey`, with keys for PIV and OpenPGP.

The token is new in each test; its keys and the CA of PIV are made once for each test process.
`@pytest.mark.vcard_yubikey(...)` sets options: those of applets.yubikey.YubiKey (`firmware`,
`interface`, `capabilities`, `touch`, `fido_pin`, ...). Needs the `fido2` extra.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from . import markers

if TYPE_CHECKING:
    from applets.piv import Issuer
    from applets.yubikey import YubiKey
    from vcard.touch import Touch

SERIAL = 12345678


@dataclass(frozen=True, slots=True)
class Token:
    """A card (`reader.insert(yubikey.card)`) and what is known of it outside.

    PINs are those of a new token: `pin` of PIV and of OpenPGP, `puk`, `admin_pin`.
    """

    card: YubiKey
    issuer: Issuer
    pin: str = "123456"
    puk: str = "12345678"
    admin_pin: str = "12345678"

    @property
    def touch(self) -> Touch:
        """The button: `press()` touches it, `wanted` tells whether the token waits for that."""
        return self.card.device.touch


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    markers.declare(config, "vcard_yubikey", "how `yubikey` is made")


@pytest.fixture
def yubikey(request: pytest.FixtureRequest) -> Token:
    """A token, serial number 12345678, whose user touches at once; in no reader yet."""
    return marked(request.node)


def marked(node: pytest.Item) -> Token:
    """The token that a test's marker describes."""
    return made(**markers.options(node, "vcard_yubikey"))


def made(**options: Any) -> Token:
    """A token; for the options, see this module."""
    from applets.yubikey import YubiKey

    issuer, contents = _contents()
    return Token(YubiKey(**{"serial": SERIAL, **contents, **options}), issuer)


@cache
def _contents() -> tuple[Issuer, dict[str, dict[str, Any]]]:
    """The CA, and what it has equipped a token with; curves, which are quick to make."""
    from applets.openpgp.codes import USER_SLOTS
    from applets.openpgp.openpgp import demo_contents
    from applets.openpgp.persona import YUBIKEY
    from applets.piv import Issuer

    issuer = Issuer.create()
    keys, certificates = issuer.equip("Alice Example")
    piv = {"keys": keys, "certificates": certificates}
    openpgp = demo_contents(dict.fromkeys(USER_SLOTS, "Ed25519"), YUBIKEY)
    return issuer, {"piv": piv, "openpgp": openpgp}
