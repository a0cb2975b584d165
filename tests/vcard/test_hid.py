from vcard import Applet, Card
from vcard.hid import hid_function_of


class Function:
    deadline = None

    def power_up(self, now):
        """Begin."""

    def receive(self, report, now):
        return [report]

    def tick(self, now):
        return []


class OnBus(Applet):
    aid = b"on bus"

    def hid_function(self, around):
        return Function()


class Plain(Applet):
    aid = b"plain"


class Wrapper:
    def __init__(self, contact):
        self.contact = contact


def test_a_function_on_a_bus_is_found_whatever_is_around_the_card():
    card = Card(Plain(), OnBus())
    found = hid_function_of(Wrapper(Wrapper(card)))
    assert isinstance(found, Function)
    assert found.receive(b"report", 0.0) == [b"report"]


def test_most_cards_have_none():
    assert hid_function_of(Card(Plain())) is None
    assert hid_function_of(Wrapper(object())) is None
