from types import SimpleNamespace

from applets.openpgp import SIGNATURE
from applets.piv import Slot
from ifd_bridge.testing import yubikey_fixture
from ifd_bridge.testing.yubikey_fixture import (
    made,
    marked,
    yubikey,  # noqa: F401 - the fixture under test
)
from vcard.touch import Touch


def test_a_test_gets_a_new_token_with_keys_that_are_made_once(yubikey):  # noqa: F811
    assert yubikey.card.device.serial == 12345678
    assert yubikey.card.piv.keys.get(Slot.AUTHENTICATION) is not None
    assert SIGNATURE.name in yubikey.card.openpgp.keys
    other = made()
    assert other.card is not yubikey.card
    assert other.issuer is yubikey.issuer
    yubikey.card.power_up()
    assert yubikey.pin == "123456"


def test_a_marker_says_how_it_is_made():
    marker = SimpleNamespace(kwargs={"firmware": "5.8.0", "touch": Touch(None), "interface": "nfc"})
    token = marked(SimpleNamespace(get_closest_marker={"vcard_yubikey": marker}.get))
    assert token.card.device.version == (5, 8, 0)
    assert token.touch.after is None
    assert token.card.device.nfc


def test_the_marker_is_made_known():
    lines = []
    yubikey_fixture.pytest_configure(
        SimpleNamespace(addinivalue_line=lambda *line: lines.append(line))
    )
    assert lines[0][1].startswith("vcard_yubikey")
