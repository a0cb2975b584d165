"""A card in pytest: `pytest examples/test_card.py`."""

import pytest
from mycards import Counter

from applets.hello import Hello
from vcard import Card

SELECT_HELLO = "00A404000AA00000006203010C0601"
SELECT_COUNTER = "00A4040005F000000001"


def test_hello(reader, connect):
    reader.insert(Card(Hello()))
    card = connect()
    assert card.transmit(SELECT_HELLO) == b"\x90\x00"
    assert card.transmit("00000000") == b"Hello world!\x90\x00"


def test_the_counter_goes_on_after_a_reset(reader, connect):
    reader.insert(Card(Counter()))
    card = connect()
    for number in (1, 2):
        card.reset()
        assert card.transmit(SELECT_COUNTER) == b"\x90\x00"
        assert card.transmit("80100000") == bytes([number, 0x90, 0x00])


def test_a_card_can_be_taken_out(reader, connect):
    reader.insert(Card(Hello()))
    card = connect()
    reader.eject()
    with pytest.raises(RuntimeError, match=r"removed|No smart card|not present"):
        card.transmit(SELECT_HELLO)
