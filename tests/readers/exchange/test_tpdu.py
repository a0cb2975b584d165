"""The levels below the APDU."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.codes import CommandStatus, Error
from readers.ccid.descriptor import ExchangeLevel, Features
from readers.ccid.message import (
    PC_to_RDR_GetParameters,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_ResetParameters,
    PC_to_RDR_Secure,
    PC_to_RDR_SetParameters,
    PC_to_RDR_XfrBlock,
)
from readers.ccid.pin_request import PinVerification
from readers.exchange.tpdu import Tpdu
from readers.models import PLAIN, at_level
from tests.kits.reader_host import Host
from tests.kits.t1_pair import SELECT, Echo
from vcard import Card
from vcard.atr.atr import Atr
from vcard.transmission.pps import Pps
from vcard.transmission.t1_block import Complaint, i_block, r_block

TPDU = at_level(PLAIN, ExchangeLevel.TPDU)
BOTH, ONLY_T1 = bytes(Atr.build((0, 1))), bytes(Atr.build((1,)))
T1_PARAMETERS = bytes.fromhex("1110004D002000")
BLOCK = bytes(i_block(0, 0, SELECT))
OK = bytes(i_block(0, 0, b"\x90\x00"))


def host(atr: bytes = BOTH, model=TPDU, features: int = 0, **kwargs) -> Host:
    descriptor = replace(model.descriptor, dwFeatures=model.descriptor.dwFeatures | features)
    made = Host(replace(model, descriptor=descriptor), Card(Echo(), atr=atr, **kwargs))
    made.ask(PC_to_RDR_IccPowerOn(bPowerSelect=1 if not features & 8 else 0))
    return made


def xfr(made: Host, data: bytes, level: int = 0) -> bytes | int:
    """abData, or bError where the command failed."""
    answer = made.ask(PC_to_RDR_XfrBlock(wLevelParameter=level, abData=data))
    return answer.bError if answer.bStatus & 0x40 else answer.abData


def set_t1(made: Host) -> None:
    answer = made.ask(
        PC_to_RDR_SetParameters(bProtocolNum=1, abProtocolDataStructure=T1_PARAMETERS)
    )
    assert not answer.bStatus & 0x40


def test_tpdus_of_t0_pass_in_one_message():
    made = host()
    assert xfr(made, SELECT) == b"\x90\x00"
    assert xfr(made, bytes.fromhex("0010000003414243")) == b"\x61\x03"
    assert xfr(made, bytes.fromhex("00C0000003")) == b"ABC\x90\x00"


def test_an_le_after_data_is_left_out_at_t0():
    made = host()
    xfr(made, SELECT)
    assert xfr(made, bytes.fromhex("001000000341424300")) == b"\x61\x03"


def test_what_is_no_tpdu_of_t0_fails_with_bad_length():
    for data in ["", "0010", "00100000034142", "0060000000"]:
        assert xfr(host(), bytes.fromhex(data)) == Error.BAD_LENGTH


def test_a_level_parameter_means_nothing_here():
    assert xfr(host(), SELECT, level=1) == Error.BAD_LEVEL


def test_a_pps_and_parameters_bring_t1():
    made = host()
    assert xfr(made, bytes(Pps(1))) == bytes(Pps(1))
    set_t1(made)
    assert xfr(made, BLOCK) == OK


def test_without_a_pps_a_card_that_prefers_t0_does_not_understand_blocks():
    made = host()
    set_t1(made)
    assert xfr(made, BLOCK) != OK


def test_a_pps_that_the_card_refuses_is_silence():
    assert xfr(host(bytes(Atr.build((0,)))), bytes(Pps(1))) == Error.ICC_MUTE


def test_a_reader_with_automatic_pps_does_it_by_itself():
    made = host(features=Features.AUTO_PPS)
    set_t1(made)
    assert xfr(made, BLOCK) == OK


@pytest.mark.parametrize("atr", [BOTH, ONLY_T1])
def test_a_reader_that_negotiates_by_itself_sees_what_its_host_speaks(atr):
    made = host(atr, features=Features.AUTO_NEGOTIATION)
    assert xfr(made, BLOCK) == OK
    assert made.ask(PC_to_RDR_GetParameters()).bProtocolNum == 1
    assert xfr(made, bytes(i_block(0, 1, SELECT))) == bytes(i_block(0, 1, b"\x90\x00"))


@pytest.mark.parametrize("atr", [BOTH, bytes(Atr.build((0,)))])
def test_a_reader_that_negotiates_by_itself_takes_tpdus_too(atr):
    made = host(atr, features=Features.AUTO_NEGOTIATION)
    assert xfr(made, SELECT) == b"\x90\x00"
    assert made.ask(PC_to_RDR_GetParameters()).bProtocolNum == 0


def test_a_reader_with_automatic_ifsd_tells_the_card():
    made = host(ONLY_T1, features=Features.AUTO_IFSD)
    xfr(made, BLOCK)
    command = bytes.fromhex("0010000064") + bytes(100)
    assert xfr(made, bytes(i_block(0, 1, command[:32], more=True)))[1] == 0x80
    for n, start in ((0, 32), (1, 64)):
        xfr(made, bytes(i_block(0, n, command[start : start + 32], more=True)))
    answer = xfr(made, bytes(i_block(0, 0, command[96:])))
    assert answer == bytes(i_block(0, 1, bytes(100) + b"\x90\x00"))


def test_blocks_with_a_wrong_code_reach_the_card():
    made = host(ONLY_T1)
    assert xfr(made, BLOCK[:-1] + b"\xff") == bytes(r_block(0, 0, Complaint.EDC_OR_PARITY))


def test_a_card_that_stays_silent_is_mute():
    made = host(ONLY_T1)
    for _ in range(2):
        xfr(made, b"\xff\xff")
    assert xfr(made, b"\xff\xff") == Error.ICC_MUTE


def test_a_reset_begins_the_protocol_anew():
    made = host(ONLY_T1)
    assert xfr(made, BLOCK) == OK
    assert xfr(made, BLOCK) != OK
    made.ask(PC_to_RDR_IccPowerOn(bPowerSelect=1))
    assert xfr(made, BLOCK) == OK


def test_new_parameters_leave_the_protocol_as_it_is():
    made = host(ONLY_T1)
    assert xfr(made, BLOCK) == OK
    made.ask(PC_to_RDR_ResetParameters())
    set_t1(made)
    assert xfr(made, bytes(i_block(0, 1, SELECT))) == bytes(i_block(0, 1, b"\x90\x00"))


def test_a_slow_card_answers_when_its_time_has_come():
    made = host()
    xfr(made, SELECT)
    made.send(PC_to_RDR_XfrBlock(abData=bytes.fromhex("0020030004")))
    answers = []
    while made.reader.deadline is not None:
        made.tick(made.reader.deadline)
        answers += made.answers()
    assert made.now == pytest.approx(3.0)
    assert answers.pop().abData == b"late\x90\x00"
    assert {answer.bStatus >> 6 for answer in answers} == {CommandStatus.TIME_EXTENSION}


def test_a_response_without_room_is_an_overrun():
    small = replace(TPDU, descriptor=replace(TPDU.descriptor, dwMaxCCIDMessageLength=30))
    small = replace(small, hardware_message_length=30)
    made = host(ONLY_T1, model=small)
    xfr(made, BLOCK)
    command = bytes.fromhex("0010000013") + bytes(19)
    xfr(made, bytes(i_block(0, 1, command[:12], more=True)))
    assert xfr(made, bytes(i_block(0, 0, command[12:]))) == Error.XFR_OVERRUN


def test_ports_are_reached_by_nad():
    made = host(ONLY_T1, ports=2)
    assert xfr(made, bytes(i_block(0x10, 0, SELECT))) == bytes(i_block(0x01, 0, b"\x90\x00"))


def pin_pad_at_tpdu(atr: bytes) -> Host:
    descriptor = replace(TPDU.descriptor, bPINSupport=3)
    return host(atr, replace(TPDU, descriptor=descriptor))


def pin_entry(prologue: bytes) -> PC_to_RDR_Secure:
    request = PinVerification(
        bmPINBlockString=0, bTeoPrologue=prologue, abPINApdu=bytes.fromhex("00100000")
    )
    return PC_to_RDR_Secure(bSeq=7, abData=b"\0" + bytes(request))


def test_a_pin_goes_to_the_card_in_a_tpdu_of_t0():
    made = pin_pad_at_tpdu(BOTH)
    assert xfr(made, SELECT) == b"\x90\x00"
    made.reader.pinpad.queue("1234", "OK")
    assert made.ask(pin_entry(bytes(3))).abData == b"\x61\x04"


def test_a_pin_goes_to_the_card_in_a_block_with_len_and_checksum_made_anew():
    made = pin_pad_at_tpdu(ONLY_T1)
    assert xfr(made, BLOCK) == OK
    made.reader.pinpad.queue("1234", "OK")
    answer = made.ask(pin_entry(b"\x00\x40\x04"))
    assert answer.abData == bytes(i_block(0, 1, b"1234\x90\x00"))
    again = made.ask(PC_to_RDR_Secure(abData=b"\x05")).abData
    assert again == bytes(r_block(0, 0, Complaint.OTHER))  # the card did not ask for it


def test_a_pin_block_is_repeated_only_if_there_was_one():
    assert pin_pad_at_tpdu(ONLY_T1).ask(PC_to_RDR_Secure(abData=b"\x05")).bError == 0x0A
    assert pin_pad_at_tpdu(ONLY_T1).ask(PC_to_RDR_Secure(abData=b"\x06")).bError == 0x0A


def test_a_reset_ends_what_the_reader_does_by_itself() -> None:
    exchange = Tpdu(261)
    exchange.selects = exchange.guesses = exchange.tells_ifsd = True
    exchange.reset()
    assert (exchange.selects, exchange.guesses, exchange.tells_ifsd) == (False, False, False)


CHARACTER = at_level(PLAIN, ExchangeLevel.CHARACTER)


def test_the_host_does_t0_byte_by_byte():
    made = host(BOTH, CHARACTER)
    assert xfr(made, SELECT[:5], 1) == b"\xa4"
    assert xfr(made, SELECT[5:], 1) == b"\x90"
    assert xfr(made, b"", 1) == b"\x00"
    assert xfr(made, bytes.fromhex("0020000004"), 1) == b"\x20"
    made.send(PC_to_RDR_XfrBlock(wLevelParameter=6))
    made.tick(0.0)
    assert made.answer().abData == b"late\x90\x00"


def test_the_host_does_t1_prologue_first():
    made = host(ONLY_T1, CHARACTER)
    set_t1(made)
    assert xfr(made, BLOCK, 3) + xfr(made, b"", 3) == OK


def test_a_pps_asks_for_as_many_bytes_as_it_has():
    made = host(BOTH, CHARACTER)
    assert xfr(made, bytes(Pps(1)), 3) == bytes(Pps(1))
    assert xfr(made, BLOCK, 3) == OK[:3]


def test_nothing_to_send_and_nothing_to_wait_for_is_a_wrong_length():
    assert xfr(host(BOTH, CHARACTER), b"", 0) == Error.BAD_LENGTH


def test_nothing_is_waited_for_where_nothing_is_wanted():
    assert xfr(host(BOTH, CHARACTER), b"\0\xa4", 0) == b""


def test_a_card_that_waits_for_more_is_mute_to_a_host_that_waits():
    assert xfr(host(BOTH, CHARACTER), b"\0\xa4", 1) == Error.ICC_MUTE


BLOCKS = [bytes(Pps(1)), BLOCK, SELECT, SELECT[:5], bytes.fromhex("0020030004"), b"\xff", b""]


@given(
    st.sampled_from([CHARACTER, at_level(PLAIN, ExchangeLevel.TPDU)]),
    st.sampled_from([BOTH, ONLY_T1]),
    st.sampled_from([0, Features.AUTO_PPS, Features.AUTO_NEGOTIATION | Features.AUTO_IFSD]),
    st.lists(
        st.tuples(
            st.sampled_from(BLOCKS) | st.binary(max_size=40), st.sampled_from([0, 1, 3, 999])
        ),
        max_size=12,
    ),
)
def test_any_characters_at_any_level_get_one_answer(model, atr, features, sent):
    made = host(atr, model, features)
    for number, (data, level) in enumerate(sent):
        if number == 2:
            set_t1(made)
        made.send(PC_to_RDR_XfrBlock(bSeq=number, wLevelParameter=level, abData=data))
        answers = made.answers()
        while made.reader.deadline is not None:
            made.tick(made.reader.deadline)
            answers += made.answers()
        assert [a.bSeq for a in answers if a.bStatus >> 6 != 2] == [number]
