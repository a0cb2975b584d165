"""PIN entry from a client's side, through the real pcscd, by the numbers of part 10."""

import threading
from dataclasses import replace

import pytest

from applets.catalogue import CARDS
from readers.events import Displayed
from readers.models import PINPAD, PINPAD_DISPLAY
from readers.pinpad.entry import CANCEL, OK
from tests.kits.pcsc.client import END, NO_SMARTCARD, NOT_TRANSACTED, REMOVED_CARD, ScardError
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc

CTL = 0x42000000
VERIFY, MODIFY = CTL + 0x330006, CTL + 0x330007
SELECT, DUMP, TRIES = "00A4040006A000000018FF", "0040000000", "00200000"


def verify(apdu, *, timeout=0, form=0x82, block=8, length=0, digits=(4, 8), end=2):
    """A PIN_VERIFY_STRUCTURE."""
    raw = bytes.fromhex(apdu)
    low, high = digits
    head = bytes((timeout, 0, form, block, length, high, low, end, 1, 0x09, 0x04, 0, 0, 0, 0))
    return head + len(raw).to_bytes(4, "little") + raw


def modify(apdu, *, old=0, new=8, confirm=3, block=8, digits=(4, 8), timeout=0):
    """A PIN_MODIFY_STRUCTURE."""
    raw = bytes.fromhex(apdu)
    low, high = digits
    messages = {0: 1, 1: 2, 2: 2, 3: 3}[confirm]
    head = bytes((timeout, 0, 0x82, block, 0, old, new, high, low, confirm, 2, messages, 9, 4))
    return head + bytes((0, 1, 2, 0, 0, 0)) + len(raw).to_bytes(4, "little") + raw


TEMPLATE = "0020008008FFFFFFFFFFFFFFFF"
CHANGE = "0024008010" + "FF" * 16


@pytest.fixture
def place():
    with desk(PINPAD, CARDS["pin-dump"](None, {})) as place:
        place.client = place.client()
        place.client.connect()
        assert place.client.transmit(SELECT) == b"\x90\x00"
        yield place


def entered(place, code, structure, *keys):
    """Return the client's result of an entry with `keys`, typed at once."""
    place.reader.pinpad.queue(*keys)
    return place.client.control(code, structure).hex()


def dump(place):
    return place.client.transmit(DUMP)[:-2].hex().upper()


class Waiting:
    """Waits until the keypad waits for a key."""

    def __init__(self, reader):
        self.event = threading.Event()
        self.pad = reader.pinpad
        self.pad.on_change = lambda: self.event.set() if self.pad.waiting else None

    def wait(self):
        assert self.event.wait(END)


def begun(place, code, structure):
    """An entry that waits for a key; its result is still to come."""
    waiting = Waiting(place.reader)
    result = place.client.later(place.client.control, code, structure)
    waiting.wait()
    return result


def test_the_pin_that_was_typed_reaches_the_card(place):
    assert entered(place, VERIFY, verify(TEMPLATE), "12345678", OK) == "9000"
    assert dump(place) == "00200080083132333435363738"


@pytest.mark.parametrize(
    ("structure", "pin", "sent"),
    [
        (verify(TEMPLATE), "1234", "002000800831323334FFFFFFFF"),
        (verify(TEMPLATE, form=0x86), "1234", "0020008008FFFFFFFF31323334"),
        (verify("0020000008" + "30303030" + "00000000"), "1234", "00200000083132333400000000"),
        (verify("00200080", block=0), "1234", "002000800431323334"),
        (verify("0020000108" + "20" + "FF" * 7, form=0x41, block=0x48, length=4),
         "12345", "0020000108" + "2512345FFFFFFFFF"),
        (verify(TEMPLATE, form=0x81), "12345", "002000800812345FFFFFFFFFFF"),
        (verify(TEMPLATE, form=0x80), "1234", "002000800801020304FFFFFFFF"),
        (verify("002000010957" + "30" * 8, form=0x89, block=0x48, length=4, digits=(4, 9)),
         "123456780", "0020000109591234567800303030"),
    ],
)  # fmt: skip
def test_the_block_has_the_format_that_was_asked_for(place, structure, pin, sent):
    entered(place, VERIFY, structure, pin, OK)
    assert dump(place) == sent


def test_a_wrong_pin_costs_the_card_s_try_and_nothing_else(place):
    assert entered(place, VERIFY, verify(TEMPLATE), "12355678", OK) == "6a03"
    assert place.client.transmit(TRIES) == b"\x63\xc2"


def test_old_new_and_again_reach_the_card_as_one(place):
    keys = "1234", OK, "5678", OK, "5678", OK
    assert (
        entered(place, MODIFY, modify("002400000830" + "30" * 7, new=4, block=4), *keys) == "9000"
    )
    assert dump(place) == "00240000083132333435363738"
    entered(place, MODIFY, modify(CHANGE), *keys)
    assert dump(place) == "0024008010" + "31323334FFFFFFFF" + "35363738FFFFFFFF"


@pytest.mark.parametrize(
    ("confirm", "keys"),
    [(0, ["5678", OK]), (1, ["5678", OK] * 2), (2, ["1234", OK, "5678", OK])],
)
def test_a_modification_asks_for_what_it_says(place, confirm, keys):
    entered(place, MODIFY, modify(CHANGE, confirm=confirm), *keys)
    old = "31323334FFFFFFFF" if confirm == 2 else "FF" * 8
    assert dump(place) == "0024008010" + old + "35363738FFFFFFFF"


@pytest.mark.parametrize(
    ("code", "structure", "keys", "answer"),
    [
        (VERIFY, verify(TEMPLATE), ["12", CANCEL], "6401"),
        (MODIFY, modify(CHANGE), ["1234", OK, CANCEL], "6401"),
        (MODIFY, modify(CHANGE), ["1234", OK, "5678", OK, "5679", OK], "6402"),
        (VERIFY, verify(TEMPLATE), ["123", OK], "6403"),
        (MODIFY, modify(CHANGE), ["1234", OK, "567", OK], "6403"),
    ],
)
def test_an_entry_that_fails_says_why_and_the_card_knows_nothing(
    place, code, structure, keys, answer
):
    assert entered(place, code, structure, *keys) == answer
    assert dump(place) == ""
    assert place.client.transmit(TRIES) == b"\x63\xc3"


def test_a_person_who_does_not_type_is_not_waited_for(place):
    assert place.client.control(VERIFY, verify(TEMPLATE, timeout=1)).hex() == "6400"
    assert dump(place) == ""


def test_keys_may_come_one_by_one_and_be_taken_back(place):
    result = begun(place, VERIFY, verify(TEMPLATE))
    for key in ("9", "CLEAR", "1", "2", "9", "BACKSPACE", "3", "4", "OK"):
        place.reader.pinpad.press(key)
    result.result(END)
    assert dump(place) == "002000800831323334FFFFFFFF"


def test_the_last_digit_may_end_the_entry(place):
    assert entered(place, VERIFY, verify(TEMPLATE, end=1), "12345678") == "9000"
    assert entered(place, VERIFY, verify(TEMPLATE, end=7), "12345678", OK) == "9000"


def test_a_card_removed_during_an_entry_ends_it(place):
    result = begun(place, VERIFY, verify(TEMPLATE))
    card = place.reader.eject()
    with pytest.raises(ScardError) as refused:
        result.result(END)
    assert refused.value.code in (NOT_TRANSACTED, NO_SMARTCARD)
    assert not place.reader.pinpad.waiting
    place.reader.insert(card)
    with pytest.raises(ScardError) as refused:
        place.client.transmit(DUMP)
    # The last is the result of a card without power, until pcscd has polled it.
    assert refused.value.code in (REMOVED_CARD, NO_SMARTCARD, NOT_TRANSACTED)


def test_others_wait_while_a_person_types(place):
    result = begun(place, VERIFY, verify(TEMPLATE))
    place.reader.pinpad.press("12345678")
    assert not result.done()
    place.reader.pinpad.press(OK)
    assert result.result(END) == b"\x90\x00"
    assert entered(place, VERIFY, verify(TEMPLATE), "12345678", OK) == "9000"


def test_the_display_says_what_to_do():
    shown = []
    with desk(PINPAD_DISPLAY, CARDS["pin-dump"](None, {})) as place:
        place.reader.tap = lambda event: isinstance(event, Displayed) and shown.append(event.text)
        client = place.client()
        client.connect()
        client.transmit(SELECT)
        place.reader.pinpad.queue("1234", OK, "5678", OK, "5678", OK)
        client.control(MODIFY, modify(CHANGE))
    prompts = [text.split("\n")[0] for text in shown if "*" not in text]
    assert len(dict.fromkeys(prompts)) >= 3, shown


def test_the_digits_that_a_keypad_takes_are_told_and_kept():
    pad = replace(PINPAD.pinpad, min_digits=6, max_digits=6)
    with desk(replace(PINPAD, pinpad=pad), CARDS["pin-dump"](None, {})) as place:
        client = place.client = place.client()
        client.connect()
        client.transmit(SELECT)
        assert "060106070106" in client.control(CTL + 0x330012).hex()
        assert entered(place, VERIFY, verify(TEMPLATE), "12345", OK) == "6403"
        assert entered(place, VERIFY, verify(TEMPLATE), "123456", OK) == "6a06"
