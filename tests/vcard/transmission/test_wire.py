"""The line to a powered card."""

from __future__ import annotations

import pytest

from applets.hello import Hello
from tests.kits.t1_pair import SELECT, Echo
from vcard import Busy, Card
from vcard.atr.atr import Atr
from vcard.contact import Habits, Unit
from vcard.doubles import Faults
from vcard.transmission.pps import Pps
from vcard.transmission.t0_card import T0Card
from vcard.transmission.t1_block import i_block
from vcard.transmission.t1_card import T1Card
from vcard.transmission.wire import Wire

BOTH = bytes(Atr.build((0, 1), ifsc=254))
BLOCK = bytes(i_block(0, 0, SELECT))


def wire(atr: bytes = BOTH, **kwargs) -> Wire:
    card = Card(Echo(), atr=atr, **kwargs)
    return Wire(card, card.power_up() or b"")


def test_without_a_pps_the_first_protocol_counts():
    made = wire()
    assert made.exchange(SELECT[:5]) == b"\xa4"
    assert isinstance(made.end, T0Card)
    assert made.protocol == 0


def test_a_pps_chooses_the_protocol_once():
    made = wire()
    assert made.exchange(bytes(Pps(1))) == bytes(Pps(1))
    assert made.exchange(bytes(Pps(0))) is None
    assert made.protocol == 1
    assert made.exchange(BLOCK) == bytes(i_block(0, 0, b"\x90\x00"))


def test_a_pps_for_a_protocol_that_is_not_offered_gets_no_answer():
    made = wire(bytes(Atr.build((0,))))
    assert made.exchange(bytes(Pps(1))) is None
    assert made.protocol == 0


def test_after_the_first_command_ff_is_a_class():
    made = wire()
    assert made.exchange(bytes.fromhex("FFCA000000")) == b"\x6e\x00"
    assert made.exchange(bytes(Pps(1)) + b"\0\0") == b"\x6e\x00"


def test_a_reader_can_agree_to_a_protocol_by_itself():
    made = wire()
    assert made.agree(0)
    assert made.agree(1)
    made.exchange(BLOCK)
    assert not made.agree(0)


def test_the_end_is_made_by_the_atr():
    made = wire(bytes(Atr.build((1,), ifsc=100, bwi=2)))
    made.exchange(BLOCK)
    assert isinstance(made.end, T1Card)
    assert made.end.ifsc == 100
    assert made.end.bwt_s == pytest.approx(0.358, abs=0.01)
    assert made.end.nads is None


def test_a_card_with_ports_brings_its_nads():
    made = wire(bytes(Atr.build((1,))), ports=3)
    made.exchange(BLOCK)
    assert list(made.end.nads) == [0, 0x10, 0x20]


def test_characters_come_as_many_as_are_wanted():
    made = wire(bytes(Atr.build((1,))))
    assert made.characters(BLOCK, 3) == b"\0\0\2"
    assert made.characters(b"", 2) == b"\x90\x00"
    assert made.characters(b"", 5) == b"\x92"


def test_new_characters_make_old_ones_void():
    made = wire(bytes(Atr.build((1,))))
    made.characters(BLOCK, 3)
    assert made.characters(bytes(i_block(0, 1, SELECT)), 3) == b"\0\x40\2"


def test_a_mute_card_gives_nothing_and_nothing_wanted_is_nothing():
    made = wire()
    assert made.characters(b"\0", 1) is None
    assert made.characters(b"\xa4\x04\x00\x02", 0) == b""
    made.contact.power_down()
    assert made.characters(b"\0\0", 1) is None


def test_characters_of_a_slow_card_come_later():
    made = wire(bytes(Atr.build((1,))))
    made.characters(BLOCK, 6)
    busy = made.characters(bytes(i_block(0, 1, bytes.fromhex("0020010000"))), 3)
    assert isinstance(busy, Busy)
    assert busy.finish() == b"\0\x40\6"
    assert made.characters(b"", 7)[:4] == b"late"


def test_a_card_keeps_its_habits_on_the_wire():
    made = wire(bytes(Atr.build((0,))), habits=Habits(one_by_one=True))
    assert made.exchange(SELECT[:5]) == b"\x5b"
    made = wire(bytes(Atr.build((1,))), habits=Habits(asks_ifsc=100))
    assert made.exchange(BLOCK)[1] == 0xC1


def test_characters_of_t1_are_not_poked_for():
    made = wire(bytes(Atr.build((1,))))
    made.characters(BLOCK, 6)
    assert made.characters(b"", 1) is None


def test_a_pps_that_is_refused_on_purpose_changes_nothing():
    faults = Faults()
    faults.on_line(Unit.PPS).mute()
    atr, both = bytes.fromhex("3B800181"), bytes.fromhex("3B80800101")
    wire = Wire(faults.around(Card(Hello())), both)
    assert wire.exchange(bytes.fromhex("FF01FE")) is None
    assert wire.protocol == 0
    assert not wire.agree(1)
    assert Wire(faults.around(Card(Hello())), atr).agree(1)


def test_a_block_that_is_changed_on_purpose_is_what_the_reader_hears():
    faults = Faults()
    faults.on_line(Unit.BLOCK).nth(2).answer(b"\0\x82\0\x82")
    card = faults.around(Card(Hello()))
    wire = Wire(card, bytes.fromhex("3B800181"))
    ask = bytes.fromhex("00C10120E0")
    assert wire.exchange(ask) == bytes.fromhex("00E10120C0")
    assert wire.exchange(ask) == b"\0\x82\0\x82"
