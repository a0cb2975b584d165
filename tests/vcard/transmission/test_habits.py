"""A card's ways below the APDU."""

import pytest

from tests.kits.t1_pair import Echo
from vcard import Card
from vcard.doubles.faults import Faults
from vcard.transmission.habits import Habits, habits_of, nads_of_ports


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
