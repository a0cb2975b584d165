from __future__ import annotations

import pytest

from applets.hello import Hello
from vcard import Card

SELECT = bytes.fromhex("00A404000AA00000006203010C0601")
GREETING = b"Hello world!\x90\x00"


@pytest.fixture
def card() -> Card:
    card = Card(Hello())
    card.power_up()
    return card


@pytest.mark.parametrize("command", ["00000000", "0000000000", "000000000C", "80000000"])
def test_it_says_hello_once_selected(card: Card, command: str) -> None:
    assert card.exchange(bytes.fromhex(command)) == bytes.fromhex("6D00")
    assert card.exchange(SELECT) == bytes.fromhex("9000")
    assert card.exchange(bytes.fromhex(command)) == GREETING


def test_a_short_le_gets_the_greeting_in_pieces(card: Card) -> None:
    card.exchange(SELECT)
    assert card.exchange(bytes.fromhex("0000000005")) == b"Hello\x61\x07"
    assert card.exchange(bytes.fromhex("00C0000007")) == b" world!\x90\x00"


def test_the_class_of_old_sims_is_not_understood(card: Card) -> None:
    card.exchange(SELECT)
    assert card.exchange(bytes.fromhex("A0000000")) == bytes.fromhex("6E00")
