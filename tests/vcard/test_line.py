"""Who disturbs the line to a card."""

from applets.hello import Hello
from vcard import Card
from vcard.doubles import Faults, Recorder
from vcard.line import line_tap_of


def test_the_tap_is_found_whatever_is_around_it():
    faulty = Faults().around(Card(Hello()))
    assert line_tap_of(faulty) is faulty
    assert line_tap_of(Recorder(faulty, lambda _: None, lambda: 0.0)) is faulty


def test_a_card_alone_has_none():
    assert line_tap_of(Card(Hello())) is None
