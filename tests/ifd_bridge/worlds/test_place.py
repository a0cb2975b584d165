from __future__ import annotations

import pytest

from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.ifdh.api import Function
from ifd_bridge.trace import Event, Stream
from ifd_bridge.trace.events import Called, FaultStruck
from ifd_bridge.worlds.place import Place
from ifd_bridge.worlds.wrapping import Where, Wrapper, faulty
from readers import models
from vcard import Contact


def test_a_card_in_several_slots_is_one_card() -> None:
    place = Place(0, models.THREE_SLOT, Stream())
    place.trays[0].load("ports:esim?mep=a1")
    place.insert(0)
    told = place.state()["slots"]
    assert [(slot["slot"], slot["inserted"]) for slot in told] == [(0, True), (1, True), (2, True)]
    assert ["profiles" in slot for slot in told] == [True, False, False]
    place.eject(2)
    assert [slot["inserted"] for slot in place.state()["slots"]] == [False, False, False]
    assert [slot.card for slot in place.reader.slots] == [None, None, None]


def placed(*wrappers: Wrapper) -> Place:
    place = Place(0, models.TWO_SLOT, Stream(), wrappers)
    place.trays[1].load("hello")
    return place


def test_a_card_stays_in_its_tray_when_it_is_taken_out() -> None:
    place = placed()
    place.insert_all()
    assert [tray["inserted"] for tray in place.state()["slots"]] == [False, True]
    place.eject_all()
    assert place.trays[1].card is not None
    assert not place.trays[1].inserted


def test_a_card_gets_its_wrappers_once() -> None:
    made: list[Where] = []

    def wrapper(card: Contact, where: Where) -> Contact:
        made.append(where)
        return card

    place = placed(wrapper)
    for _ in range(2):
        place.insert(1)
        place.eject(1)
    assert [(where.number, where.slot) for where in made] == [(0, 1)]
    place.insert(1)
    made[0].remove()
    assert not place.trays[1].inserted


def test_a_slot_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"slots 0\.\.1, not 2"):
        placed().tray(2)


def test_a_faults_stroke_is_told_while_somebody_looks() -> None:
    trace, wheres = Stream(), list[Where]()

    def wrapper(card: Contact, where: Where) -> Contact:
        wheres.append(where)
        return card

    place = Place(0, models.PLAIN, trace, [wrapper])
    place.trays[0].load("hello")
    place.insert(0)
    seen: list[Event] = []
    wheres[0].tell("unseen")
    trace.add(seen.append)
    wheres[0].tell("mute")
    trace.close()
    assert [event.what for event in seen] == [FaultStruck(0, "mute")]


def test_a_reader_is_driven_and_its_calls_are_in_the_trace() -> None:
    trace, seen = Stream(), list[Event]()
    place = Place(1, models.TWO_SLOT, trace)
    made = place.drive(DriverOptions())
    assert place.source is made.source
    trace.add(seen.append)
    made.drivers[1].control(0, b"")
    trace.close()
    called = [event.what for event in seen if isinstance(event.what, Called)]
    assert [(what.slot, what.function) for what in called] == [(1, Function.CONTROL)]


def test_a_card_that_is_built_in_takes_its_reader_along_when_it_goes() -> None:
    places = [Place(0, models.MODELS[name], Stream(), [faulty(["ins=A4:remove"])])
              for name in ("yubikey", "plain")]  # fmt: skip
    pulled = []
    for place in places:
        place.pull = lambda name=place.name: pulled.append(name)
        place.trays[0].load("hello")
        place.insert_all()
        card = place.reader.slots[0].card
        assert card is not None
        assert card.exchange(bytes.fromhex("00A40400023F00")) is None
    assert [place.plugged for place in places] == [False, True]
    assert [place.trays[0].inserted for place in places] == [True, False]
    assert pulled == [places[0].name]


def test_a_card_that_is_built_in_works_on_the_bus_as_well() -> None:
    place = Place(0, models.MODELS["yubikey"], Stream())
    assert place.hid_function() is None
    place.trays[0].load("yubikey")
    place.insert_all()
    assert place.hid_function() is not None
    plain = Place(0, models.PLAIN, Stream())
    plain.trays[0].load("yubikey")
    assert plain.hid_function() is None
    place.trays[0].load("yubikey?interfaces=ccid")
    assert place.hid_function() is None
