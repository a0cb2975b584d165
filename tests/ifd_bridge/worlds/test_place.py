from __future__ import annotations

import pytest

from applets.hello import Hello
from ifd_bridge.trace import Event, Stream
from ifd_bridge.trace.events import FaultStruck
from ifd_bridge.worlds.place import Place, Tray
from ifd_bridge.worlds.wrapping import Where, Wrapper
from readers import models
from vcard import Card, Contact


class Phone(Card):
    busy = False

    def profiles_shown(self) -> list[dict[str, object]]:
        if self.busy:
            raise KeyError("entry")
        return [{"name": "one", "iccid": "89", "enabled": True, "port": None}]


def test_an_euiccs_profiles_are_shown_while_it_is_in() -> None:
    card = Phone(Hello())
    shown = {"slot": 1, "card": "esim", "inserted": True, "profiles": card.profiles_shown()}
    assert Tray("esim", card, inserted=True).state(1) == shown
    assert "profiles" not in Tray("esim", card).state(0)
    card.busy = True
    assert "profiles" not in Tray("esim", card, inserted=True).state(0)
    assert "profiles" not in Tray("hello", Card(Hello()), inserted=True).state(0)


def test_the_profiles_of_a_card_in_several_slots_are_those_of_the_card() -> None:
    tray = Tray()
    tray.load("ports:esim?mep=a1")
    tray.inserted = True
    assert [profile["port"] for profile in tray.state(0)["profiles"]] == [1, 2]


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


def test_long_work_is_told_while_the_card_is_in() -> None:
    card = Phone(Hello())
    card.progress = ("download", 1, 2)  # type: ignore[attr-defined]  # as an eUICC has it
    tray = Tray("esim", card, inserted=True)
    assert tray.state(0)["progress"] == ("download", 1, 2)
    tray.inserted = False
    assert "progress" not in tray.state(0)


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
