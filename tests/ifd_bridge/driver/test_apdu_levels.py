import sys
from dataclasses import replace

import pytest

from ifd_bridge.driver.apdu_levels import (
    LEVELS,
    NAD_CONTROL,
    ExtendedApdu,
    Level,
    ShortApdu,
    level_for,
    pieces,
)
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.driver.link import Reply
from ifd_bridge.ifdh.api import Answer, Code
from readers.ccid.descriptor import Descriptor, ExchangeLevel
from readers.models import PLAIN, at_level
from tests.kits.bridge.fakes import ABSENT, FAILED, answer, link
from vcard import DEFAULT_ATR
from vcard.atr.atr import Atr


def level(kind, *answers, longest=271):
    one, cable = link(*answers)
    model = replace(PLAIN, descriptor=Descriptor(dwMaxCCIDMessageLength=longest))
    return kind(one, KnownReader.of(model)), cable


def levels_of(cable):
    return [message[8] for message in cable.sent]


@pytest.mark.parametrize("kind", [ShortApdu, ExtendedApdu])
def test_a_short_apdu_travels_in_one_message(kind):
    slot, cable = level(kind, answer(data=b"Hi\x90\x00"))
    assert slot.transmit(b"\0\0\0\0", 0) == Answer(Code.SUCCESS, b"Hi\x90\x00")
    assert cable.sent == [b"\x6f\x04" + bytes(12)]


def test_a_short_level_refuses_what_does_not_fit_a_message():
    slot, cable = level(ShortApdu, answer(data=b"\x90\x00"))
    assert slot.transmit(bytes(262), 1) == Answer(Code.COMMUNICATION_ERROR)
    assert cable.sent == []
    assert slot.transmit(bytes(261), 1) == Answer(Code.SUCCESS, b"\x90\x00")


def test_a_long_command_is_sent_in_pieces():
    slot, cable = level(ExtendedApdu, *[answer(extra=0x10)] * 3, answer(data=b"\x90\x00"))
    command = bytes(range(256)) * 4
    assert slot.transmit(command[:1009], 1) == Answer(Code.SUCCESS, b"\x90\x00")
    assert levels_of(cable) == [1, 3, 3, 2]
    assert b"".join(message[10:] for message in cable.sent) == command[:1009]


def test_the_last_piece_is_the_one_that_ends_the_command():
    for size, levels in [(262, [1, 2]), (522, [1, 2]), (523, [1, 3, 2]), (783, [1, 3, 2])]:
        assert [number for number, _ in pieces(bytes(size), 261)] == levels


def test_a_long_response_is_fetched_in_pieces():
    parts = [answer(data=b"a" * 261, extra=1), answer(data=b"b" * 261, extra=3)]
    slot, cable = level(ExtendedApdu, *parts, answer(data=b"c" * 80, extra=2))
    assert slot.transmit(b"\0\0\0\0\0", 1).data == b"a" * 261 + b"b" * 261 + b"c" * 80
    assert levels_of(cable) == [0, 0x10, 0x10]
    assert all(len(message) == 10 for message in cable.sent[1:])


def test_a_reader_that_answers_a_piece_with_data_does_not_chain():
    slot, _ = level(ExtendedApdu, answer(data=b"\x67\x00"))
    assert slot.transmit(bytes(300), 1) == Answer(Code.ERROR_INSUFFICIENT_BUFFER)


@pytest.mark.parametrize("before", [[], [answer(extra=0x10)], [answer(data=b"x", extra=1)]])
def test_a_card_lost_on_the_way_is_no_empty_success(before):
    slot, _ = level(ExtendedApdu, *before, answer(status=FAILED | ABSENT, error=0xFE))
    long = before and before[0][9] == 0x10
    assert slot.transmit(bytes(300 if long else 5), 1) == Answer(Code.ICC_NOT_PRESENT)


def test_a_card_lost_at_the_first_piece_ends_the_command():
    slot, cable = level(ExtendedApdu, answer(status=FAILED | ABSENT, error=0xFE))
    assert slot.transmit(bytes(1000), 1) == Answer(Code.ICC_NOT_PRESENT)
    assert len(cable.sent) == 1


def test_more_than_a_client_can_take_is_refused_and_not_fetched_for_ever():
    slot, cable = level(ExtendedApdu, *[answer(data=bytes(30000), extra=3)] * 9)
    assert slot.transmit(bytes(5), 1) == Answer(Code.ERROR_INSUFFICIENT_BUFFER)
    assert len(cable.sent) == 3


def test_a_reader_that_always_promises_more_is_left():
    slot, cable = level(ExtendedApdu, *[answer(extra=0x10)] * 100)
    assert slot.transmit(bytes(5), 1) == Answer(Code.COMMUNICATION_ERROR)
    assert len(cable.sent) == 17


def test_every_exchange_level_has_a_host():
    assert LEVELS.keys() == set(ExchangeLevel)
    made = set()
    for level in ExchangeLevel:
        one, _ = link()
        found = level_for(one, KnownReader.of(at_level(PLAIN, level)))
        assert isinstance(found, Level)
        made.add(type(found))
    assert len(made) == len(LEVELS)


def test_a_level_that_is_gone_keeps_nothing():
    for kind in (ShortApdu, ExtendedApdu):
        one, _ = link()
        before = sys.getrefcount(one)
        made = kind(one, KnownReader.of(PLAIN))
        assert sys.getrefcount(one) == before + 1
        del made
        assert sys.getrefcount(one) == before


def test_the_hooks_of_a_level_that_runs_no_protocol_do_nothing():
    one, cable = link()
    slot = Level(one, KnownReader.of(PLAIN))
    reply = Reply(Code.SUCCESS, b"\x90\x00")
    slot.powered()
    assert slot.protocol_set(2, Atr.parse(DEFAULT_ATR)) is Code.SUCCESS
    assert slot.control(0x42000000, b"") is None
    assert slot.control(NAD_CONTROL, b"\x3f\0\0") == Answer(Code.NOT_SUPPORTED)
    assert slot.before_pin(b"") is None
    assert slot.after_pin(reply) is reply
    assert cable.sent == []
    with pytest.raises(NotImplementedError):
        slot.transmit(b"", 0)
