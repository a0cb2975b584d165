from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from applets.piv import Slot
from ifd_bridge.testing import piv_fixture
from ifd_bridge.testing.piv_fixture import issued, piv  # noqa: F401 - the fixture under test
from vcard import SW

VERIFY = b"\0\x20\0\x80\x08"


def verified(card, pin):
    card.power_up()
    card.exchange(bytes.fromhex("00A4040005A000000308"))
    return card.exchange(VERIFY + pin.encode().ljust(8, b"\xff"))


def test_a_test_gets_a_card_its_ca_and_its_certificate(piv):  # noqa: F811
    assert verified(piv.card, piv.pin) == SW.OK.raw
    piv.certificate.verify_directly_issued_by(piv.issuer.certificate)
    assert piv.certificate.public_key() == piv.piv.keys.get(Slot.AUTHENTICATION).public_key
    assert piv.puk == "12345678"


@pytest.mark.vcard_piv(
    subject="Bob", pin="654321", identity="yubikey", not_after=datetime(2021, 1, 1, tzinfo=UTC)
)
def test_a_marker_says_how_it_is_issued(piv):  # noqa: F811
    assert verified(piv.card, "654321") == SW.OK.raw
    assert piv.certificate.subject.rfc4514_string() == "CN=Bob"
    assert piv.certificate.not_valid_after_utc.year == 2021
    assert piv.piv.identity.vendor


def test_keys_are_made_once_and_cards_each_time():
    first, second = issued(), issued()
    assert first.card is not second.card
    assert first.certificate.public_key() == second.certificate.public_key()
    assert first.certificate != second.certificate


def test_the_marker_is_made_known():
    lines = []
    piv_fixture.pytest_configure(SimpleNamespace(addinivalue_line=lambda *line: lines.append(line)))
    assert lines[0][1].startswith("vcard_piv")
