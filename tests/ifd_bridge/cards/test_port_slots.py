from dataclasses import replace

import pytest

from applets.esim.cards import create, demo_profiles
from ifd_bridge.cards.opening import open_card
from ifd_bridge.cards.port_slots import PortSlots
from ifd_bridge.spec import SpecError
from readers.models import PLAIN, THREE_SLOT, TWO_SLOT
from readers.reader import CcidReader
from vcard.contact import asked, habits_of

A, B = (one.iccid for one in demo_profiles())


class Rack:
    """Slots without a reader."""

    def __init__(self, size):
        self.cards = [None] * size

    def insert(self, card, slot=0):
        if slot >= len(self.cards):
            raise ValueError(slot)
        self.cards[slot] = card

    def eject(self, slot=0):
        self.cards[slot] = None


def racked(size=3):
    slots, rack = PortSlots(create(None, {"mep": "a1"})), Rack(size)
    slots.attach(rack)
    return slots, rack


def iccid(contact):
    contact.exchange(bytes.fromhex("00A40004022FE2"))
    return contact.exchange(bytes.fromhex("00B000000A"))[:-2]


def test_each_slot_shows_the_profile_of_its_port():
    _, rack = racked()
    for contact in rack.cards:
        assert contact.power_up() == rack.cards[0].power_up()
    assert [iccid(contact) for contact in rack.cards] == [b"", A, B]


def test_a_reset_of_one_slot_leaves_the_others_where_they_are():
    _, (_, one, two) = (lambda pair: (pair[0], pair[1].cards))(racked())
    for contact in (one, two):
        contact.power_up()
        iccid(contact)
    one.power_up()
    assert one.exchange(bytes.fromhex("00B000000A")) == b"\x69\x86"
    assert two.exchange(bytes.fromhex("00B000000A"))[:-2] == B


def test_the_card_is_on_as_long_as_one_port_is():
    slots, rack = racked()
    _, one, two = rack.cards
    one.power_up()
    two.power_up()
    one.power_down()
    assert slots.contact.powered
    assert one.exchange(bytes.fromhex("00A40004023F00")) is None
    two.power_down()
    assert not slots.contact.powered


def test_ports_beyond_the_slots_are_left_out_and_one_slot_is_too_few():
    slots, rack = racked(2)
    assert None not in rack.cards
    slots.close()
    assert rack.cards == [None, None]
    with pytest.raises(RuntimeError, match="three-slot"):
        racked(1)


def test_a_reader_takes_them():
    reader = CcidReader(THREE_SLOT)
    PortSlots(create(None, {"mep": "a2"})).attach(reader)
    assert all(slot.card is not None for slot in reader.slots)
    assert (PLAIN.slots, TWO_SLOT.slots, THREE_SLOT.slots) == (1, 2, 3)
    assert replace(THREE_SLOT, name="x").slots == 3


def test_a_spec_names_them():
    assert isinstance(open_card("ports:esim?mep=a1"), PortSlots)
    with pytest.raises(SpecError, match="has no ports"):
        open_card("ports:hello")


def test_a_slot_has_the_cards_habits_without_its_nads():
    card = create(None, {"mep": "a1"})
    assert habits_of(card).nads
    card.habits = replace(card.habits, one_by_one=True, asks_ifsc=40)
    rack = Rack(3)
    PortSlots(card).attach(rack)
    found = habits_of(rack.cards[1])
    assert (found.nads, found.one_by_one, found.asks_ifsc) == (None, True, 40)
    assert asked(rack.cards[1], "atr", bytes) == card.atr
