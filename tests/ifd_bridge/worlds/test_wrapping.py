"""The wrappers around every card of a world."""

import pytest

from applets.hello import Hello
from ifd_bridge.worlds.wrapping import Where, Wrapped, faulty
from vcard import Card

SELECT = bytes.fromhex("00A404000AA00000006203010C0601")


def where(number=0, slot=0):
    events = []
    return Where(number, slot, lambda: events.append("removed"), events.append), events


def test_faults_are_put_around_a_card_and_told():
    place, events = where()
    card = faulty(["ins=00,nth=1:mute", "ins=00:remove"])(Card(Hello()), place)
    card.power_up()
    card.exchange(SELECT)
    assert card.exchange(bytes(4)) is None
    card.exchange(bytes(4))
    assert events == ["?? 00 ...: mute", "?? 00 ...: remove", "removed"]


def test_a_fault_that_is_none_is_refused_at_once():
    with pytest.raises(ValueError, match="explode"):
        faulty(["ins=20:explode"])


def test_every_card_has_its_own_faults():
    wrap = faulty(["ins=00,nth=1:mute"])
    for number in (0, 1):
        card = wrap(Card(Hello()), where(number)[0])
        card.power_up()
        card.exchange(SELECT)
        assert card.exchange(bytes(4)) is None


def test_attachments_get_their_cards_wrapped():
    class Reader:
        inserted = None

        def insert(self, card, slot=0):
            self.inserted = card, slot

        def eject(self, slot=0):
            self.inserted = None

    reader = Reader()
    slots = Wrapped(reader, lambda card, slot: [card, slot])
    slots.insert("card", 1)
    assert reader.inserted == (["card", 1], 1)
    slots.eject(1)
    assert reader.inserted is None
