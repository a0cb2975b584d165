from dataclasses import replace

import pytest

from readers import CANCEL, OK, CcidReader
from readers.ccid.descriptor import ExchangeLevel
from readers.events import Displayed, KeyPressed
from readers.models import PINPAD, PINPAD_DISPLAY, PLAIN, at_level
from tests.kits.reader_host import ATR_T0, ATR_T1, FakeCard, pinpad_host
from tests.readers.commands.test_secure import MODIFY, VERIFY, message
from vcard.atr.atr import Atr
from vcard.atr.values import Edc

GERMAN = 0x0407


def test_the_display_follows_the_entry():
    host = pinpad_host(PINPAD_DISPLAY)
    pad = host.reader.pinpad
    assert pad.display == ("", "")
    host.send(message(MODIFY))
    shown = [pad.display]
    for keys in (("12",), ("34", OK), ("5678", OK), ("5678",), (OK,)):
        pad.press(*keys)
        shown.append(pad.display)
    assert shown == [
        ("Enter PIN:", ""),
        ("Enter PIN:", "**"),
        ("New PIN:", ""),
        ("Repeat new PIN:", ""),
        ("Repeat new PIN:", "****"),
        ("PIN correct", ""),
    ]


@pytest.mark.parametrize(
    ("status", "lines"),
    [
        ("9000", ("PIN richtig", "")),
        ("63C2", ("PIN falsch", "Versuche: 2")),
        ("63C0", ("PIN gesperrt", "")),
        ("6983", ("PIN gesperrt", "")),
        ("6A80", ("Kartenfehler", "")),
    ],
)
def test_the_display_tells_the_cards_judgement_in_the_hosts_language(status, lines):
    host = pinpad_host(PINPAD_DISPLAY, FakeCard(answer=lambda _: bytes.fromhex(status)))
    host.send(message(replace(VERIFY, wLangId=GERMAN)))
    host.reader.pinpad.press("1234", OK)
    assert host.reader.pinpad.display == lines


@pytest.mark.parametrize("language", [0x0411, 0x0809])
def test_an_unknown_language_is_english(language):
    host = pinpad_host(PINPAD_DISPLAY)
    host.send(message(replace(VERIFY, wLangId=language)))
    assert host.reader.pinpad.display == ("Enter PIN:", "")


@pytest.mark.parametrize(
    ("keys", "line"),
    [((CANCEL,), "Annulé"), (("1", OK), "Longueur fausse")],
)
def test_the_display_tells_how_an_entry_failed(keys, line):
    host = pinpad_host(PINPAD_DISPLAY)
    host.send(message(replace(VERIFY, wLangId=0x040C)))
    host.reader.pinpad.press(*keys)
    assert host.reader.pinpad.display == (line, "")


def test_the_time_is_over_on_the_display_too():
    host = pinpad_host(PINPAD_DISPLAY)
    host.send(message(VERIFY))
    host.tick(30.0)
    assert host.reader.pinpad.display == ("Time is over", "")


def test_the_host_chooses_the_message():
    for number, index, line in [
        (0, 0, ""),
        (1, 1, "New PIN:"),
        (0xFF, 1, "Enter PIN:"),
        (1, 200, ""),
    ]:
        host = pinpad_host(PINPAD_DISPLAY)
        host.send(message(replace(VERIFY, bNumberMessage=number, bMsgIndex=index)))
        assert host.reader.pinpad.display == (line, "")


def test_prompts_beyond_the_hosts_messages_are_the_usual_ones():
    host = pinpad_host(PINPAD_DISPLAY)
    host.send(message(replace(MODIFY, bNumberMessage=1, abMsgIndex=b"\0\0")))
    shown = []
    for _ in range(3):
        shown.append(host.reader.pinpad.display[0])
        host.reader.pinpad.press("1234", OK)
    assert shown == ["Enter PIN:", "New PIN:", "Repeat new PIN:"]


def test_a_number_of_messages_that_no_index_follows_changes_nothing():
    host = pinpad_host(PINPAD_DISPLAY)
    host.send(message(replace(VERIFY, bNumberMessage=7)))
    assert host.reader.pinpad.display == ("Enter PIN:", "")


def with_lcd(layout):
    return replace(PINPAD, descriptor=replace(PINPAD.descriptor, wLcdLayout=layout))


def test_a_display_of_one_line_shows_the_stars_over_the_text():
    host = pinpad_host(with_lcd(0x0108))
    host.send(message(VERIFY))
    assert host.reader.pinpad.display == ("Enter PI",)
    host.reader.pinpad.press("12")
    assert host.reader.pinpad.display == ("**",)


def test_more_lines_stay_empty_and_no_display_shows_nothing():
    for layout, lines in ((0x0414, ("Enter PIN:", "", "", "")), (0, ())):
        host = pinpad_host(with_lcd(layout))
        host.send(message(VERIFY))
        assert host.reader.pinpad.display == lines


def test_the_host_may_bring_its_own_texts():
    host = pinpad_host(PINPAD_DISPLAY)
    host.reader.pinpad.load(tuple(f"text {number}" for number in range(12)))
    host.send(message(VERIFY))
    assert host.reader.pinpad.display[0] == "text 0"
    host.reader.pinpad.press(CANCEL)
    assert host.reader.pinpad.display[0] == "Cancelled"


def test_queued_keys_wait_for_the_next_entries():
    host = pinpad_host(PINPAD)
    host.reader.pinpad.queue("1234", OK, "5678", OK)
    for pin in (b"1234", b"5678"):
        assert host.ask(message(VERIFY)).abData == b"\x90\x00"
        assert host.reader.slots[0].card.commands[-1][5:9] == pin
    host.send(message(VERIFY))
    assert host.reader.pinpad.waiting
    host.reader.pinpad.queue("9999", OK)
    assert host.answer().abData == b"\x90\x00"


def test_an_ok_after_the_last_digit_is_passed_over():
    host = pinpad_host(PINPAD)
    host.reader.pinpad.queue("12345678", OK, "87654321", "1234", OK)
    automatic = replace(VERIFY, bEntryValidationCondition=3)
    for pin in (b"12345678", b"87654321", b"1234\xff\xff\xff\xff"):
        assert host.ask(message(automatic)).abData == b"\x90\x00"
        assert host.reader.slots[0].card.commands[-1][5:] == pin


def test_keys_that_nobody_waits_for_are_ignored():
    host = pinpad_host(PINPAD)
    assert not host.reader.pinpad.press("1")
    assert not host.reader.pinpad.press()
    host.send(message(VERIFY))
    assert not host.reader.pinpad.press(CANCEL, "1")


def test_wrong_keys_and_readers_without_keys_are_the_callers_fault():
    pad = CcidReader(PINPAD).pinpad
    for use in (pad.press, pad.queue):
        with pytest.raises(ValueError, match="no key"):
            use("ENTER")
    bare = CcidReader(PLAIN).pinpad
    for use in (bare.press, bare.queue):
        with pytest.raises(RuntimeError, match="no keypad"):
            use("1")


def test_whoever_watches_is_told():
    host = pinpad_host(PINPAD_DISPLAY)
    told, changes = [], []
    host.reader.tap = told.append
    host.reader.pinpad.on_change = lambda: changes.append(host.reader.pinpad.waiting)
    host.send(message(VERIFY))
    assert changes == [True]
    host.reader.pinpad.press("1234", OK)
    assert changes[-1] is False
    keys = [event.key for event in told if isinstance(event, KeyPressed)]
    assert keys == ["1", "2", "3", "4", "OK"]
    assert Displayed(0, "Enter PIN:\n**") in told


def test_a_dark_display_is_told_too():
    host = pinpad_host(PINPAD_DISPLAY)
    host.send(message(VERIFY))
    told = []
    host.reader.tap = told.append
    host.reader.eject()
    assert Displayed(0, "") in told


def test_keys_that_were_queued_can_be_dropped():
    host = pinpad_host(PINPAD)
    host.reader.pinpad.queue("1234", OK)
    host.reader.pinpad.forget()
    host.send(message(VERIFY))
    assert host.reader.pinpad.waiting


@pytest.mark.parametrize("atr", [ATR_T0, ATR_T1, bytes(Atr.build((1,), edc=Edc.CRC))])
@pytest.mark.parametrize("level", ExchangeLevel)
def test_the_judgement_is_where_the_level_and_the_protocol_have_it(level, atr):
    """A status word ends a response, or stands before the check bytes of a T=1 block."""
    card = FakeCard(atr, lambda _: b"\x63\xc2")
    host = pinpad_host(at_level(PINPAD_DISPLAY, level), card)
    judged = []
    host.reader.pinpad.judged = judged.append
    host.send(message(VERIFY))
    host.reader.pinpad.press("1234", OK)
    while (due := host.reader.deadline) is not None and not judged:
        host.tick(due)
    assert judged == [b"\x63\xc2"]


def test_the_prompt_under_way_is_told_with_its_place_and_its_digits():
    host = pinpad_host(PINPAD_DISPLAY)
    pad = host.reader.pinpad
    assert pad.asking is None
    host.send(message(MODIFY))
    assert pad.asking is not None
    assert (pad.asking[0], pad.asking[1], pad.asking[3]) == (1, 3, 0)
    pad.press("12")
    assert (pad.asking[0], pad.asking[3]) == (1, 2)
    pad.press("34", OK, "5")
    assert (pad.asking[0], pad.asking[3]) == (2, 1)
    pad.press(CANCEL)
    assert pad.asking is None


def test_a_clock_and_a_cancel_without_an_entry_do_nothing():
    host = pinpad_host(PINPAD_DISPLAY)
    before = host.reader.pinpad.display
    host.reader.pinpad.tick()
    host.reader.pinpad.cancel()
    assert host.reader.pinpad.display == before
    assert host.answers() == []
