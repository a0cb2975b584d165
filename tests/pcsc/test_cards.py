"""Cards inserted, removed and reset while clients use them."""

import threading

import pytest

from applets.catalogue import CARDS
from readers.events import MessageOut
from readers.models import PLAIN, TWO_SLOT
from tests.kits.pcsc.client import (
    COUNTER,
    DIRECT,
    EMPTY,
    END,
    EXCLUSIVE,
    MUTE,
    NO_SMARTCARD,
    PRESENT,
    PROTO_MISMATCH,
    REMOVED_CARD,
    RESET,
    RESET_CARD,
    SHARED,
    T0,
    UNPOWER,
    ScardError,
)
from tests.kits.pcsc.desk import desk
from vcard import Card

pytestmark = pytest.mark.pcsc

SELECT_HELLO, HELLO = "00A404000AA00000006203010C0601", "0000000000"
SELECT_DUMP, WAIT = "00A4040006A000000018FF", "80380010"
SHARING_VIOLATION, UNPOWERED, UNRESPONSIVE = 0x8010000B, 0x80100067, 0x80100066


def card(name="hello", **options):
    return CARDS[name](None, options)


@pytest.fixture
def place():
    with desk(PLAIN, card("hello", **{"with": "pin-dump"})) as place:
        yield place


def refusal(work, *arguments):
    with pytest.raises(ScardError) as refused:
        work(*arguments)
    return refused.value.code


def busy(place, client):
    """A client in the middle of an APDU that takes 16 s; the result is still to come."""
    client.connect()
    client.transmit(SELECT_DUMP)
    return begun(place, client, WAIT)


def begun(place, client, command):
    """A command that has reached the reader; the result is still to come."""
    reached = threading.Event()
    place.reader.tap = lambda event: isinstance(event, MessageOut) and reached.set()
    waiting = client.later(client.transmit, command)
    assert reached.wait(END)
    place.reader.tap = None
    return waiting


def test_a_card_removed_during_an_apdu_is_missing_and_no_empty_success(place):
    client = place.client()
    before = client.wait(PRESENT) >> COUNTER
    waiting = busy(place, client)
    place.reader.eject()
    assert refusal(waiting.result, END) == NO_SMARTCARD
    client.wait(EMPTY, counted=before + 1)  # pcscd sets EMPTY before it notifies its clients
    assert refusal(client.transmit, HELLO) == REMOVED_CARD


def test_after_a_loss_the_next_card_works(place):
    client = place.client()
    waiting = busy(place, client)
    removed = place.reader.eject()
    assert refusal(waiting.result, END) == NO_SMARTCARD
    place.reader.insert(removed)
    client.wait(PRESENT)
    client.connect()
    client.transmit(SELECT_HELLO)
    assert client.transmit(HELLO) == b"Hello world!\x90\x00"


def test_a_swap_during_an_apdu_is_seen(place):
    client = place.client()
    for _ in range(10):  # pcscd must see "gone" and "there" in this order
        waiting = busy(place, client)
        place.reader.insert(place.reader.eject())
        assert refusal(waiting.result, END) == NO_SMARTCARD
        assert refusal(client.transmit, HELLO) in (NO_SMARTCARD, REMOVED_CARD)
        assert client.wait(PRESENT) & PRESENT


def test_a_reset_by_another_client_is_told_and_forgets_the_selection(place):
    one, other = place.client(), place.client()
    one.connect()
    one.transmit(SELECT_HELLO)
    other.connect()
    other.disconnect(RESET)
    assert refusal(one.transmit, HELLO) == RESET_CARD
    one.reconnect()
    assert one.transmit(HELLO) == b"\x6d\x00"
    one.transmit(SELECT_HELLO)
    assert one.transmit(HELLO) == b"Hello world!\x90\x00"


@pytest.mark.parametrize("action", [RESET, UNPOWER])
def test_a_client_can_reset_its_card(place, action):
    client = place.client()
    client.connect()
    client.transmit(SELECT_HELLO)
    client.reconnect(action)
    assert client.transmit(HELLO) == b"\x6d\x00"


def test_clients_share_a_card_or_have_it_alone(place):
    one, other = place.client(), place.client()
    one.connect(share=SHARED)
    assert refusal(other.connect, 0, EXCLUSIVE) == SHARING_VIOLATION
    other.connect(share=SHARED)
    one.transmit(SELECT_HELLO)
    assert other.transmit(HELLO) == b"Hello world!\x90\x00"


def test_an_empty_reader_can_be_reached_directly():
    with desk(PLAIN) as place:
        client = place.client()
        assert refusal(client.connect) == NO_SMARTCARD
        client.connect(share=DIRECT, protocols=0)
        assert client.control(0x42000000 + 3400) == bytes.fromhex("120442330012")
        place.reader.insert(card())
        assert client.wait(PRESENT) & PRESENT


def test_the_atr_is_the_one_that_the_card_says():
    with desk(PLAIN, card(atr="3B95154000680102 0000")) as place:
        client = place.client()
        client.connect()
        assert client.status()[3].hex() == "3b951540006801020000"


def test_a_card_for_one_protocol_is_not_offered_for_the_other():
    with desk(PLAIN, card(atr="3B00")) as place:
        client = place.client()
        assert refusal(client.connect, 0, SHARED, 2) in (PROTO_MISMATCH, UNRESPONSIVE)
        assert client.connect() == T0


def test_a_mute_card_is_seen_as_mute():
    class Mute(Card):
        def power_up(self):
            return None

    with desk(PLAIN, Mute()) as place:
        client = place.client()
        assert client.wait(PRESENT | MUTE)
        assert refusal(client.connect) in (UNPOWERED, UNRESPONSIVE)


def test_two_slots_are_two_readers():
    with desk(TWO_SLOT, None, card()) as place:
        client = place.client()
        assert [name[-6:] for name in client.readers] == [" 00 00", " 00 01"]
        assert client.wait(EMPTY, 0)
        client.connect(1)
        client.transmit(SELECT_HELLO)
        assert client.transmit(HELLO) == b"Hello world!\x90\x00"


def test_slots_work_at_the_same_time():
    dump = card("pin-dump")
    with desk(TWO_SLOT, dump, card()) as place:
        slow, quick = place.client(), place.client()
        slow.connect(0)
        slow.transmit(SELECT_DUMP)
        quick.connect(1)
        waiting = begun(place, slow, "80380001")
        quick.transmit(SELECT_HELLO)
        assert quick.transmit(HELLO) == b"Hello world!\x90\x00"
        assert not waiting.done()
        assert waiting.result(END) == b"\x90\x00"
