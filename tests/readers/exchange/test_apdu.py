from dataclasses import replace

import pytest

from readers.ccid.codes import Error, Level
from readers.ccid.descriptor import Descriptor, ExchangeLevel
from readers.ccid.message import PC_to_RDR_IccPowerOn, PC_to_RDR_SetParameters, PC_to_RDR_XfrBlock
from readers.exchange.apdu import ExtendedApdu, ShortApdu, exchange_for, is_case_3
from readers.exchange.tpdu import Character, Tpdu
from readers.models import PLAIN, Model, Quirk, at_level
from tests.kits.reader_host import ATR_T0, FakeCard, Host

SHORT = at_level(PLAIN, ExchangeLevel.SHORT_APDU)
PIECES = replace(PLAIN, descriptor=replace(PLAIN.descriptor, dwMaxCCIDMessageLength=271))


def powered(model, card):
    host = Host(model, card)
    host.ask(PC_to_RDR_IccPowerOn())
    return host


def transfer(host, data, level=0):
    return host.ask(PC_to_RDR_XfrBlock(wLevelParameter=level, abData=data))


def exchange(host, command, room=261):
    """The whole response to a command of any length, in pieces where they are needed."""
    pieces = [command[i : i + room] for i in range(0, len(command), room)]
    levels = {1: [0], 2: [1, 2]}.get(len(pieces), [1, *[3] * (len(pieces) - 2), 2])
    for level, piece in zip(levels, pieces, strict=True):
        answer = transfer(host, piece, level)
        if level in (1, 3):
            assert (answer.bChainParameter, answer.abData) == (Level.EMPTY, b"")
    response = answer.abData
    while answer.bChainParameter in (Level.BEGIN, Level.MIDDLE):
        answer = transfer(host, b"", Level.EMPTY)
        response += answer.abData
    assert answer.bChainParameter in (Level.WHOLE, Level.END)
    return response


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 261, 262, 522, 523, 4096, 65535])
@pytest.mark.parametrize("model", [PLAIN, PIECES], ids=["whole", "pieces"])
def test_commands_and_responses_of_any_length_pass(model, size):
    card = FakeCard(answer=lambda command: command[7 : 7 + size] + b"\x90\x00")
    host = powered(model, card)
    data = bytes(i & 0xFF for i in range(size))
    command = b"\0\1\2\3\0" + size.to_bytes(2, "big") + data + b"\0\0"
    assert exchange(host, command, model.descriptor.dwMaxCCIDMessageLength - 10) == data + b"\x90\0"
    assert card.commands == [command]


def test_a_response_of_64_kib_comes_in_pieces():
    whole = bytes(65536) + b"\x90\x00"
    host = powered(PIECES, FakeCard(answer=lambda _: whole))
    assert exchange(host, b"\0\1\2\3\0\0\0") == whole


def test_a_piece_out_of_turn_is_refused():
    cases = [
        ([(Level.MIDDLE, b"x")], Error.BAD_LEVEL),
        ([(Level.END, b"x")], Error.BAD_LEVEL),
        ([(Level.EMPTY, b"")], Error.BAD_LEVEL),
        ([(0x11, b"x")], Error.BAD_LEVEL),
        ([(Level.BEGIN, b"x"), (0x100, b"x")], Error.BAD_LEVEL),
        ([(Level.EMPTY, b"x")], Error.BAD_LENGTH),
        ([(Level.BEGIN, b"")], Error.BAD_LENGTH),
        ([(Level.BEGIN, b"x"), (Level.MIDDLE, b"")], Error.BAD_LENGTH),
        ([(Level.BEGIN, b"x"), (Level.WHOLE, b"\0\0\0\0"), (Level.END, b"y")], Error.BAD_LEVEL),
        ([(Level.WHOLE, bytes(262))], Error.BAD_LENGTH),
        ([(Level.BEGIN, bytes(261))] + [(Level.MIDDLE, bytes(261))] * 251, Error.XFR_OVERRUN),
    ]
    for steps, error in cases:
        host = powered(PIECES, FakeCard())
        for level, data in steps:
            answer = transfer(host, data, level)
        assert (answer.bStatus, answer.bError) == (0x40, error)
        assert transfer(host, b"\0\0\0\0").abData == b"\0\0\0\0\x90\0"


def test_a_new_command_drops_the_rest_of_the_old_response():
    card = FakeCard(answer=lambda _: bytes(300))
    host = powered(PIECES, card)
    assert transfer(host, b"\0\0\0\0").bChainParameter == Level.BEGIN
    card.answer = lambda _: b"\x90\x00"
    assert transfer(host, b"\0\0\0\0").abData == b"\x90\x00"
    assert transfer(host, b"", Level.EMPTY).bError == Error.BAD_LEVEL


def test_a_reset_drops_what_is_under_way():
    host = powered(PIECES, FakeCard())
    transfer(host, b"x", Level.BEGIN)
    host.ask(PC_to_RDR_IccPowerOn())
    assert transfer(host, b"y", Level.END).bError == Error.BAD_LEVEL


def test_a_short_reader_knows_no_pieces():
    host = powered(SHORT, FakeCard())
    assert transfer(host, b"\0\0\0\0").abData == b"\0\0\0\0\x90\0"
    assert transfer(host, b"\0\0\0\0", Level.BEGIN).bError == Error.BAD_LEVEL
    assert transfer(host, bytes(262)).bError == Error.BAD_LENGTH


@pytest.mark.parametrize(("model", "size"), [(SHORT, 262), (PLAIN, 65539), (PIECES, 65539)])
def test_a_response_that_no_message_can_hold_is_an_overrun(model, size):
    host = powered(model, FakeCard(answer=lambda _: bytes(size)))
    assert transfer(host, b"\0\0\0\0").bError == Error.XFR_OVERRUN


def test_commands_with_data_and_no_le_are_told_apart():
    cases = [
        ("", False),
        ("00A40400", False),
        ("00A4040000", False),
        ("00A4040001FF", True),
        ("00A4040001FF00", False),
        ("00A40400000001", False),
        ("00A40400000001FF", True),
        ("00A40400000001FF0000", False),
    ]
    for command, case_3 in cases:
        assert is_case_3(bytes.fromhex(command)) == case_3


SELECT = bytes.fromhex("00A4040001FF")


def get_response(le):
    return bytes((0, 0xC0, 0, 0, le))


def test_at_t0_the_data_of_a_command_without_le_wait_for_get_response():
    card = FakeCard(ATR_T0, lambda _: bytes(range(20)) + b"\x90\x00")
    host = powered(PLAIN, card)
    assert transfer(host, SELECT).abData == b"\x61\x14"
    assert transfer(host, get_response(16)).abData == bytes(range(16)) + b"\x61\x04"
    assert transfer(host, get_response(0)).abData == bytes(range(16, 20)) + b"\x90\x00"
    assert card.commands == [SELECT]
    transfer(host, get_response(0))
    assert card.commands == [SELECT, get_response(0)]


def test_at_t0_more_than_a_block_is_announced_as_6100():
    host = powered(PLAIN, FakeCard(ATR_T0, lambda _: bytes(300) + b"\x90\x00"))
    assert transfer(host, SELECT).abData == b"\x61\x00"
    assert transfer(host, get_response(0)[:4]).abData == bytes(256) + b"\x61\x2c"


def test_at_t0_another_command_drops_what_waits():
    card = FakeCard(ATR_T0, lambda _: bytes(20) + b"\x90\x00")
    host = powered(PLAIN, card)
    transfer(host, SELECT)
    assert transfer(host, bytes(4)).abData == bytes(20) + b"\x90\x00"
    transfer(host, get_response(0))
    assert card.commands[-1] == get_response(0)


def test_at_t0_a_command_with_le_gets_all_at_once():
    host = powered(PLAIN, FakeCard(ATR_T0, lambda _: bytes(20) + b"\x90\x00"))
    assert transfer(host, SELECT + b"\0").abData == bytes(20) + b"\x90\x00"
    assert transfer(host, SELECT[:4]).abData == bytes(20) + b"\x90\x00"


def test_at_t0_new_parameters_leave_what_waits():
    host = powered(PLAIN, FakeCard(ATR_T0, lambda _: bytes(20) + b"\x90\x00"))
    transfer(host, SELECT)
    host.ask(PC_to_RDR_SetParameters(0, 1, 0, bytes.fromhex("1100000A00")))
    assert transfer(host, get_response(0)).abData == bytes(20) + b"\x90\x00"


def test_at_t0_a_status_word_alone_passes():
    host = powered(PLAIN, FakeCard(ATR_T0, lambda _: b"\x6a\x82"))
    assert transfer(host, SELECT).abData == b"\x6a\x82"


def test_at_t0_three_bytes_are_no_get_response():
    card = FakeCard(ATR_T0, lambda _: bytes(20) + b"\x90\x00")
    host = powered(PLAIN, card)
    transfer(host, SELECT)
    transfer(host, b"\0\xc0\0")
    assert card.commands == [SELECT, b"\0\xc0\0"]


def test_the_descriptor_chooses_the_strategy():
    cases = [
        (0, Character),
        (0x10000, Tpdu),
        (0x20000, ShortApdu),
        (0x40000, ExtendedApdu),
        (0x60000, ExtendedApdu),
    ]
    for features, kind in cases:
        assert type(exchange_for(Model("x", descriptor=Descriptor(dwFeatures=features)))) is kind


def test_a_reader_that_chains_in_spite_of_its_descriptor_does():
    """Like 076B:3A21, 046A:00A7 and 2F7C:6007, which hosts raise to the extended level."""
    descriptor = Descriptor(dwFeatures=0x000204BA, dwMaxCCIDMessageLength=271)
    assert type(exchange_for(Model("x", descriptor=descriptor))) is ShortApdu
    chaining = exchange_for(Model("x", descriptor=descriptor, quirks=Quirk.CHAINS_SHORT_APDU))
    assert type(chaining) is ExtendedApdu
    assert chaining.room == 261


def test_a_senseless_message_length_ends_no_chain():
    short = Descriptor(dwMaxCCIDMessageLength=4)
    assert exchange_for(Model("x", descriptor=short)).room == 1
