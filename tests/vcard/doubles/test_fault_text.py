"""Faults as text."""

import pytest

from applets.hello import Hello
from vcard import Busy, Card
from vcard.doubles.fault_text import parse
from vcard.doubles.faults import Faults, When

HELLO = bytes(4)


def answer(text):
    faults = Faults()
    card = faults.around(Card(Hello()))
    card.power_up()
    card.exchange(bytes.fromhex("00A404000AA00000006203010C0601"))
    card.on_action = lambda action: None
    parse(text, faults)
    return card.exchange(HELLO)


def test_a_text_makes_a_fault():
    cases = [
        ("ins=00:mute", None),
        ("ins=00:status=6F00", b"\x6f\x00"),
        ("00 00 ...:answer=61", b"\x61"),
        ("...:cut=2", b"He"),
        ("ins=00:remove", None),
        ("ins=00:reset", None),
        ("ins=00,nth=2:mute", b"Hello world!\x90\x00"),
        ("ins=00,count=1:mute", None),
        ("ins=20:mute", b"Hello world!\x90\x00"),
    ]
    for text, expected in cases:
        assert answer(text) == expected


def test_texts_with_numbers():
    assert len(answer("ins=00:oversize")) == 70000
    assert len(answer("ins=00:oversize=300")) == 300
    assert isinstance(answer("ins=00:delay=1.5"), Busy)
    assert isinstance(answer("ins=00:hostile"), bytes)


def test_a_write_can_be_torn_and_an_atr_changed():
    faults = Faults()
    parse("write=2:tear=after", faults)
    parse("write=3:tear", faults)
    parse("atr=3B 00", faults)
    assert [(w.number, w.when) for w in faults.writes] == [(2, When.AFTER), (3, When.BEFORE)]
    assert faults.atr == b"\x3b\0"


def test_a_wrong_text_is_refused():
    cases = [
        ("ins=20", "none of mute"),
        ("ins=20:explode", "'explode' is none of"),
        ("colour=red:mute", "'colour' is none of"),
        ("write=1:mute", "can only be torn"),
        ("write=1:tear=sideways", "sideways"),
        ("zz:mute", "column"),
        ("ins=zz:mute", "the fault 'ins=zz:mute'"),
    ]
    for text, message in cases:
        with pytest.raises(ValueError, match=message):
            parse(text, Faults())
