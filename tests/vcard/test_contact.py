from __future__ import annotations

from vcard import Applet, Card, Contact
from vcard.contact import Busy


def test_a_card_is_a_contact() -> None:
    contact: Contact = Card(Applet.__new__(type("A", (Applet,), {"aid": b"12345"})))
    assert contact.power_up() is not None
    contact.power_down()
    assert contact.exchange(b"\0\0\0\0") is None


def test_busy_tells_how_long_and_how_it_ends() -> None:
    busy = Busy(1.5, lambda: b"\x90\x00")
    assert busy.seconds == 1.5
    assert busy.finish() == b"\x90\x00"
