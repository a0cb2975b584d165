from __future__ import annotations

import pytest

from applets.hello import Hello
from tests.kits.t1_pair import Echo
from vcard import Applet, Card, Contact
from vcard.contact import (
    Busy,
    Habits,
    asked,
    at_once,
    changed,
    habits_of,
    line_tap_of,
    nads_of_ports,
)
from vcard.doubles import Faults, Recorder


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


def test_there_are_at_most_eight_nads():
    assert list(nads_of_ports(20)) == [0, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70]


@pytest.mark.parametrize("ifsc", [0, 255])
def test_a_reserved_ifsc_cannot_be_asked_for(ifsc):
    with pytest.raises(ValueError, match="an IFSC is"):
        Habits(asks_ifsc=ifsc)


def test_the_habits_of_a_card_are_found_through_what_is_around_it():
    habits = Habits(one_by_one=True)
    assert habits_of(Faults().around(Card(Echo(), habits=habits))) is habits


def test_a_contact_without_habits_has_the_ordinary_ones():
    assert habits_of(object()) == Habits()


def test_a_card_with_ports_knows_their_nads_and_one_without_does_not():
    assert Card(ports=2).habits.nads == nads_of_ports(2)
    assert Card().habits.nads is None
    assert Card(ports=2, habits=Habits(nads={0x21: 1})).habits.nads == {0x21: 1}


def test_the_tap_is_found_whatever_is_around_it():
    faulty = Faults().around(Card(Hello()))
    assert line_tap_of(faulty) is faulty
    assert line_tap_of(Recorder(faulty, lambda _: None, lambda: 0.0)) is faulty


def test_a_card_alone_has_none():
    assert line_tap_of(Card(Hello())) is None
