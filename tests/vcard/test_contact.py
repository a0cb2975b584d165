from __future__ import annotations

from vcard import Applet, Card, Contact
from vcard.contact import Busy, asked, at_once, changed


def test_a_card_is_a_contact() -> None:
    contact: Contact = Card(Applet.__new__(type("A", (Applet,), {"aid": b"12345"})))
    assert contact.power_up() is not None
    contact.power_down()
    assert contact.exchange(b"\0\0\0\0") is None


def test_busy_tells_how_long_and_how_it_ends() -> None:
    busy = Busy(1.5, lambda: b"\x90\x00")
    assert busy.seconds == 1.5
    assert busy.finish() == b"\x90\x00"


def test_a_response_can_be_changed_when_it_comes() -> None:
    came: list[bytes | None] = []

    def change(response: bytes | None) -> bytes | None:
        came.append(response)
        return b"\x6a\x82"

    busy = Busy(1.5, lambda: b"\x90\x00").then(change)
    assert came == []
    assert (busy.seconds, busy.finish()) == (1.5, b"\x6a\x82")
    assert came == [b"\x90\x00"]


def test_who_has_no_clock_takes_the_response_at_once() -> None:
    assert at_once(Busy(1.5, lambda: b"\x90\x00")) == b"\x90\x00"
    assert at_once(b"\x90\x00") == b"\x90\x00"
    assert at_once(Busy(1.5, lambda: Busy(2.5, lambda: None))) is None
    assert at_once(None) is None


def test_work_that_goes_on_is_changed_at_its_end() -> None:
    busy = Busy(1.5, lambda: Busy(2.5, lambda: b"\x90\x00")).then(lambda _: b"\x6a\x82")
    longer = busy.finish()
    assert isinstance(longer, Busy)
    assert (longer.seconds, longer.finish()) == (2.5, b"\x6a\x82")
    assert changed(b"\x90\x00", lambda _: None) is None


def test_what_a_card_has_is_found_behind_its_wrappers_if_it_has_the_right_type() -> None:
    class Inner:
        uid = b"1234"
        progress = ("download", 1, 2)

    class Outer:
        uid = None
        contact = Inner()

    assert asked(Outer(), "uid", bytes) == b"1234"
    assert asked(Outer(), "progress", tuple) == ("download", 1, 2)
    assert asked(Outer(), "uid", str) is None
    assert asked(Outer(), "habits", object) is None
    assert asked(None, "uid", bytes) is None
