"""OpenSC's own programs with an OpenPGP card."""

from __future__ import annotations

import pytest

from applets.openpgp import SIGNATURE, OpenPgp
from applets.openpgp.codes import Origin
from tests.external.openpgp.conftest import Gpg

pytestmark = pytest.mark.pcsc


@pytest.fixture
def card(gpg: Gpg) -> OpenPgp:
    """The demonstration card, in the reader."""
    applet = OpenPgp.demo(serial=31415926)
    gpg.insert(applet.on_card())
    return applet


@pytest.mark.usefixtures("card")
def test_the_card_and_its_holder_are_shown(gpg: Gpg) -> None:
    said = gpg.run("openpgp-tool", "--card-info", "--user-info")
    assert "D2:76:00:01:24:01:03:04" in said.upper()
    assert "Example Alice" in said


@pytest.mark.usefixtures("card")
def test_three_keys_and_three_pins_are_listed(gpg: Gpg) -> None:
    said = gpg.run("pkcs15-tool", "--dump")
    for name in ("Signature key", "Encryption key", "Authentication key"):
        assert f"Private RSA Key [{name}]" in said
    for name in ("User PIN", "User PIN (sig)", "Admin PIN"):
        assert f"PIN [{name}]" in said


@pytest.mark.usefixtures("card")
def test_opensc_tests_itself_with_the_card(gpg: Gpg) -> None:
    said = gpg.run("pkcs11-tool", "--test", "--login", "--pin", "123456")
    assert "No errors" in said


def test_a_key_is_made_and_the_card_reset(gpg: Gpg, card: OpenPgp) -> None:
    gpg.run("openpgp-tool", "--verify", "CHV3", "--pin", "12345678", "--gen-key", "1")
    assert card.origin(SIGNATURE) is Origin.GENERATED
    gpg.run("openpgp-tool", "--erase")
    assert card.origin(SIGNATURE) is Origin.NONE
