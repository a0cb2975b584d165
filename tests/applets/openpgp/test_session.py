"""The state of a selection."""

from __future__ import annotations

from applets.openpgp.codes import AUTHENTICATION, DECRYPTION
from applets.openpgp.session import Session


def test_nothing_is_proved_at_first() -> None:
    session = Session()
    assert not session.verified
    assert (session.deciphers, session.authenticates) == (DECRYPTION, AUTHENTICATION)


def test_selecting_again_forgets_what_was_proved(host) -> None:
    host.user()
    host.select()
    assert host.word(0x20, 0, 0x81) == "63C3"
