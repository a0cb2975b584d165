from __future__ import annotations

from pathlib import Path

import pytest

from ifd_bridge.cards.vpcd import ForeignSlot
from ifd_bridge.pcscd.reader_states import Seen
from ifd_bridge.trace import Stream
from ifd_bridge.worlds.place import Place
from ifd_bridge.worlds.sight import Sight
from ifd_bridge.worlds.waiting import CONDITIONS, wait
from readers import models
from vcard import Card


class Known(Sight):
    """Sees a prepared state."""

    def __init__(self, seen: Seen | None) -> None:
        super().__init__(Path(), (), lambda _: True)
        self.seen = seen

    def look(self, number: int, slot: int) -> Seen | None:
        return self.seen


@pytest.fixture
def place() -> Place:
    return Place(0, models.PINPAD, Stream())


def test_what_holds_already_is_not_waited_for(place: Place) -> None:
    wait(place, 0, None, "no-card", 0)
    wait(place, 0, Known(Seen(False, 0)), "no-card", 0)
    wait(place, 0, Known(Seen(False, 0)), "reader", 0)
    place.reader.insert(Card())
    wait(place, 0, None, "card", 0)
    wait(place, 0, Known(Seen(True, 1)), "card", 0)


@pytest.mark.parametrize(
    ("condition", "card", "seen", "text"),
    [
        ("card", False, Seen(False, 0), "still has no card after 0 s"),
        ("card", True, Seen(False, 0), "still has no card after 0 s"),
        ("no-card", True, Seen(True, 0), "still has a card after 0 s"),
        ("no-card", False, Seen(True, 0), "still has a card after 0 s"),
        ("pin-entry", True, Seen(True, 0), "still waits for no PIN after 0 s"),
        ("reader", True, None, "is still not there after 0 s"),
    ],
)
def test_what_does_not_come_is_told(
    place: Place, condition: str, card: bool, seen: Seen | None, text: str
) -> None:
    if card:
        place.reader.insert(Card())
    with pytest.raises(TimeoutError, match=text):
        wait(place, 0, Known(seen), condition, 0)


def test_a_connection_is_waited_for_where_one_can_come(place: Place) -> None:
    with pytest.raises(RuntimeError, match="no card comes to 'Virtual PIN Pad' by itself"):
        wait(place, 0, None, "connected", 0)
    place.trays[0].card = slot = ForeignSlot(port=0)
    with pytest.raises(TimeoutError, match="nobody connected"):
        wait(place, 0, None, "connected", 0)
    slot.close()


def test_a_condition_that_is_none_names_the_others(place: Place) -> None:
    with pytest.raises(ValueError, match=", ".join(CONDITIONS)):
        wait(place, 0, None, "rain", 0)


def test_a_slot_for_cards_from_elsewhere_says_whether_one_has_come(place: Place) -> None:
    place.trays[0].card = slot = ForeignSlot(port=0)
    place.trays[0].inserted = True
    assert place.state()["slots"][0]["connected"] is False
    place.reader.insert(Card())
    assert place.state()["slots"][0]["connected"] is True
    slot.close()
