"""The view follows events, keeps a bounded trace, and counts what a viewer has missed."""

import json

import pytest

from ifd_bridge.panel.view import KEPT, View
from ifd_bridge.trace import events

from .fake_world import READER

AT = (1.0, "Pad")
ENTRY = bytes.fromhex("69010000000005000000") + b"\0"


def reader(view):
    return view.state()["readers"][0]


@pytest.fixture
def view():
    made = View()
    made.listed([READER])
    return made


def test_the_worlds_list_is_where_it_begins(view):
    assert reader(view)["name"] == "Pad"
    assert reader(view)["waiting"] is False
    view.listed([{**READER, "waiting": True, "display": "Enter PIN:", "powered": [0]}])
    assert reader(view)["waiting"] is True
    assert reader(view)["display"] == "Enter PIN:"
    assert reader(view)["powered"] == [0]
    view.listed([READER])
    assert reader(view)["waiting"] is False


def test_power_and_display_follow_the_events(view):
    view.event(events.Event(*AT, events.PoweredUp(0, b"\x3b\0")))
    view.event(events.Event(*AT, events.Displayed(0, "Enter PIN:")))
    assert reader(view)["powered"] == [0]
    assert reader(view)["display"] == "Enter PIN:"
    changed = view.changed
    view.event(events.Event(*AT, events.Displayed(0, "Enter PIN:")))
    assert view.changed == changed
    view.event(events.Event(*AT, events.PoweredDown(0)))
    assert reader(view)["powered"] == []
    view.event(events.Event(*AT, events.PoweredUp(0, None)))
    assert reader(view)["powered"] == []


def test_a_pin_entry_lasts_until_its_answer(view):
    view.event(events.Event(*AT, events.MessageOut(0, ENTRY)))
    assert reader(view)["waiting"] is True
    for other in ("80000000000004000000", "80"):
        view.event(events.Event(*AT, events.MessageIn(0, bytes.fromhex(other))))
        assert reader(view)["waiting"] is True
    view.event(events.Event(*AT, events.MessageIn(0, bytes.fromhex("80000000000005800300"))))
    assert reader(view)["waiting"] is True
    view.event(events.Event(*AT, events.MessageIn(0, bytes.fromhex("80020000000005000000 9000"))))
    assert reader(view)["waiting"] is False
    view.event(events.Event(*AT, events.MessageOut(0, ENTRY[:-1] + b"\4")))
    assert reader(view)["waiting"] is False


def test_an_entry_that_began_before_ends_with_any_answer(view):
    view.listed([{**READER, "waiting": True}])
    view.event(events.Event(*AT, events.MessageIn(0, bytes.fromhex("80020000000009000000 9000"))))
    assert reader(view)["waiting"] is False


def test_a_card_that_moves_asks_for_a_new_list(view):
    assert view.event(events.Event(*AT, events.CardEjected(0)))
    assert view.event(events.Event(*AT, events.CardInserted(0)))
    assert view.event(
        events.Event(*AT, events.ResponseReceived(0, b"\x81\xe2\x91\0", b"\x90\0"), 0.0)
    )
    assert not view.event(
        events.Event(*AT, events.ResponseReceived(0, b"\0\xa4\0\0", b"\x90\0"), 0.0)
    )
    assert view.event(events.Event(*AT, events.Unplugged(0)))
    assert view.event(events.Event(*AT, events.Plugged(0)))
    assert view.event(events.Event(*AT, events.TouchAsked(0, wanted=True)))
    assert view.event(events.Event(*AT, events.KeyPressed(0, "*")))


def test_lines_are_numbered_and_bounded(view):
    for _ in range(KEPT + 50):
        view.event(events.Event(*AT, events.CommandSent(0, bytes.fromhex("00A40400023F00"))))
    lines, lost = view.lines_after(0, at_most=10)
    assert [line["n"] for line in lines] == list(range(KEPT + 41, KEPT + 51))
    assert lost == KEPT + 40
    assert view.lines_after(view.told) == ([], 0)
    assert len(view.lines_after(0, at_most=10**6)[0]) == KEPT


def test_messages_make_no_lines_and_long_data_are_cut(view):
    view.event(events.Event(*AT, events.MessageIn(0, b"\x80" + bytes(9))))
    assert view.told == 0
    view.event(events.Event(*AT, events.ResponseReceived(0, b"\0\0\0\0", bytes(5000)), 0.0))
    (line,) = view.lines_after(0)[0]
    assert line["hex"].endswith("… 5000 bytes")
    assert len(json.dumps(line)) < 4000


def test_lost_events_are_a_line(view):
    assert view.event(events.Event(1.0, "", events.Lost(0, 7)))
    assert view.lines_after(0)[0] == [{"n": 1, "lost": 7}]


VERIFY = bytes.fromhex(
    "6915000000000700000000" + "1E" + "820800" + "0804" + "02" + "01" + "0904" + "00" + "000000"
    + "0020008000"
)  # fmt: skip


def ended(seq, data, status=0, error=0):
    head = bytes((0x80, len(data), 0, 0, 0, 0, seq, status, error, 0))
    return events.Event(*AT, events.MessageIn(0, head + data))


def told(view):
    return [(line["name"], line["note"]) for line in view.lines_after(0)[0]]


def test_a_pin_entry_is_told_in_a_sentence_with_its_end(view):
    assert view.event(events.Event(*AT, events.MessageOut(0, VERIFY)))
    view.event(ended(7, b"", status=0x80))  # time extension
    view.event(ended(7, bytes.fromhex("6401")))
    (asked, how), (end, word) = told(view)
    assert asked == "PIN verification asked for"
    assert how.startswith("4 to 8 digits, ASCII, left justified")
    assert how.endswith("ended by key OK, time-out 30 s")
    assert (end, word[:4]) == ("PIN entry ended", "6401")


def test_a_pin_entry_that_fails_names_the_error(view):
    view.event(events.Event(*AT, events.MessageOut(0, VERIFY)))
    view.event(ended(7, b"", status=0x40, error=0xF0))
    assert told(view)[-1] == ("PIN entry failed", "PIN_TIMEOUT")


def test_the_end_is_told_though_the_list_knew_it_before(view):
    view.event(events.Event(*AT, events.MessageOut(0, VERIFY)))
    view.listed([{**READER, "waiting": False}])
    view.event(ended(7, b"\x90\0"))
    assert told(view)[-1][0] == "PIN entry ended"


def test_after_losses_the_list_says_whether_an_entry_waits(view):
    view.event(events.Event(*AT, events.MessageOut(0, VERIFY)))
    view.event(events.Event(1.0, "", events.Lost(0, 5)))
    view.listed([{**READER, "waiting": False}])
    assert not view.state()["readers"][0]["waiting"]
