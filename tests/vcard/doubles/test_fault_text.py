"""Faults as text."""

import pytest

from applets.hello import Hello
from vcard import Busy, Card
from vcard.contact import Unit
from vcard.doubles.fault_text import occasion, parse
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
        ("ins=20,colour=red:mute", "'colour' is none of nth, count"),
        ("...,ins=20:mute", "'...' is none of nth, count"),
        ("power-up=hot:mute", "a power-up is cold or warm, not 'hot'"),
        ("power-up:status=6F00", "'status' is none of mute, answer, remove"),
        ("power-up,ins=20:mute", "none of"),
        ("pps:delay=2", "'delay' is none of mute, answer, cut, refuse"),
        ("block=0:mute", "block is a whole number from 1"),
        ("block=1,ins=20:mute", "none of nth, count"),
        ("ins=20,nth=\u00b2:mute", "nth is a whole number"),
        ("...:mute,nth=2", "'mute,nth' is none of"),
        ("ins=20:status=90", "four hexadecimal digits"),
        ("ins=20:status=0000", "four hexadecimal digits"),
        ("ins=20:delay=nan", "delay is 0 to 86400 seconds"),
        ("ins=20:delay=inf", "delay is 0 to 86400 seconds"),
        ("ins=20:delay=1e308", "delay is 0 to 86400 seconds"),
        ("ins=20:delay=-5", "delay is 0 to 86400 seconds"),
        ("ins=20,nth=0:mute", "nth is a whole number from 1"),
        ("nth=2:mute", r"no occasion: a pattern \(... is every command\), ins, power-up"),
        (":mute", "no occasion: a pattern"),
        ("ins=20,count=-1:mute", "count is a whole number from 1"),
        ("ins=20:cut=-5", "cut is a whole number from 0"),
        ("ins=20:oversize=99999999999", "oversize is a whole number from 0 to 1048576"),
        ("write=0:tear", "write is a whole number from 1"),
    ]
    for text, message in cases:
        with pytest.raises(ValueError, match=message):
            parse(text, Faults())


def test_faults_below_the_apdu():
    faults = Faults()
    for text in ("power-up,nth=2:mute", "power-up=warm:answer=3B00", "power-up=cold:remove"):
        parse(text, faults)
    assert [(one.warm, one.count.first) for one in faults.power_ups] == [
        (None, 2), (True, 1), (False, 1),
    ]  # fmt: skip
    parse("pps:refuse", faults)
    parse("block=3:raw=00 82 00 82", faults)
    parse("block,nth=4,count=2:mute", faults)
    card = faults.around(Card(Hello()))
    assert card.passed(Unit.PPS, lambda: b"pps") is None
    heard = [card.passed(Unit.BLOCK, lambda: b"block") for _ in range(6)]
    assert heard == [b"block", b"block", bytes.fromhex("00820082"), None, None, b"block"]


def test_an_empty_atr_is_a_card_that_does_not_answer():
    faults = Faults()
    parse("atr=", faults)
    assert faults.around(Card(Hello())).power_up() == b""


def test_what_is_wrong_with_a_long_text_is_said_in_short():
    for text in ("x" * 5000, "ins=" + "9" * 5000 + ":mute", "ins=20:" + "m" * 5000):
        with pytest.raises(ValueError, match="the fault ") as caught:
            parse(text, Faults())
        assert len(str(caught.value)) < 400


def test_the_occasion_is_the_first_word():
    for text, first in [
        ("ins=20,nth=3:status=6F00", "ins"), ("power-up:mute", "power-up"), ("pps:refuse", "pps"),
        ("power-up,nth=2:mute", "power-up"), (" block=3:raw=00", "block"), ("atr=3B 00", "atr"),
    ]:  # fmt: skip
        assert occasion(text) == first
