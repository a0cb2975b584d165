"""What a card is asked and what it answers is told, if anybody listens."""

import pytest

from readers import CcidReader, models
from readers.events import CommandSent, ResponseReceived
from readers.watched_contact import WatchedContact
from vcard import Busy


class Silent:
    def __init__(self, answer):
        self.answer = answer

    def power_up(self):
        return b"\x3b\x00"

    def power_down(self):
        pass

    def exchange(self, command, port=None):
        return self.answer


@pytest.mark.parametrize("response", [b"\x90\x00", None])
def test_a_command_and_its_response_are_told(response):
    reader, told = CcidReader(models.PLAIN), []
    reader.tap = told.append
    watched = WatchedContact(Silent(response), reader, 1)
    assert watched.exchange(b"\0\0\0\0", 3) == response
    assert told == [CommandSent(1, b"\0\0\0\0", 3), ResponseReceived(1, b"\0\0\0\0", response)]


def test_a_response_that_takes_time_is_told_when_it_is_there():
    reader, told = CcidReader(models.PLAIN), []
    reader.tap = told.append
    busy = WatchedContact(Silent(Busy(1.0, lambda: b"\x90\0")), reader, 0).exchange(b"\0\0\0\0")
    assert isinstance(busy, Busy)
    assert len(told) == 1
    assert busy.finish() == b"\x90\0"
    assert told[1:] == [ResponseReceived(0, b"\0\0\0\0", b"\x90\0")]


def test_nothing_is_told_where_nobody_listens():
    reader = CcidReader(models.PLAIN)
    watched = WatchedContact(Silent(Busy(1.0, lambda: b"\x90\0")), reader, 0)
    reader.tap = pytest.fail
    busy = WatchedContact(Silent(b"\x90\0"), CcidReader(models.PLAIN), 0).exchange(b"\0\0\0\0")
    assert busy == b"\x90\0"
    reader.tap = None
    answer = watched.exchange(b"\0\0\0\0")
    assert isinstance(answer, Busy)
    assert answer.finish() == b"\x90\0"


def test_a_card_that_is_taken_out_is_the_one_that_was_put_in():
    reader, card = CcidReader(models.PLAIN), Silent(b"")
    reader.insert(card)
    assert reader.slots[0].card is card
    assert reader.eject() is card


def test_whatever_else_a_card_has_is_found():
    watched = WatchedContact(Silent(b"what"), CcidReader(models.PLAIN), 0)
    assert watched.answer == b"what"
    assert not hasattr(watched, "nads")


def test_whoever_stops_listening_while_a_card_works_is_told_no_more():
    reader, told = CcidReader(models.PLAIN), []
    reader.tap = told.append
    busy = WatchedContact(Silent(Busy(1.0, lambda: b"\x90\0")), reader, 0).exchange(b"\0\0\0\0")
    reader.tap = None
    assert busy.finish() == b"\x90\0"
    assert told == [CommandSent(0, b"\0\0\0\0")]
