from dataclasses import replace

import pytest

from readers.ccid.codes import Error
from readers.ccid.descriptor import Descriptor, ExchangeLevel, Features
from readers.ccid.message import (
    PC_to_RDR_GetParameters,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_ResetParameters,
    PC_to_RDR_SetDataRateAndClockFrequency,
    PC_to_RDR_SetParameters,
    PC_to_RDR_T0APDU,
    PC_to_RDR_XfrBlock,
)
from readers.models import MODELS, PLAIN, at_level
from tests.kits.reader_host import ATR_T0, ATR_T1, FakeCard, Host

T0 = bytes.fromhex("1100000A00")
T1 = bytes.fromhex("1110004D002000")
MANUAL = ExchangeLevel.EXTENDED_APDU | Features.AUTO_VOLTAGE
BOTH = bytes.fromhex("3B8480010000900095")


def powered(model=PLAIN, atr=BOTH):
    host = Host(model, FakeCard(atr))
    host.ask(PC_to_RDR_IccPowerOn())
    return host


def with_descriptor(**fields):
    return replace(PLAIN, descriptor=replace(PLAIN.descriptor, **fields))


def test_parameters_are_set_told_and_reset():
    host = powered()
    other = bytes.fromhex("18110045 01FE00")
    for message, protocol, data in (
        (PC_to_RDR_GetParameters(), 0, T0),
        (PC_to_RDR_SetParameters(bProtocolNum=1, abProtocolDataStructure=other), 1, other),
        (PC_to_RDR_GetParameters(), 1, other),
        (PC_to_RDR_SetParameters(bProtocolNum=1, abProtocolDataStructure=T1), 1, T1),
        (PC_to_RDR_ResetParameters(), 0, T0),
        (PC_to_RDR_GetParameters(), 0, T0),
    ):
        answer = host.ask(message)
        assert (answer.bStatus, answer.bProtocolNum) == (0, protocol)
        assert answer.abProtocolDataStructure == data


def test_a_reset_of_the_card_resets_the_parameters():
    host = powered()
    host.ask(PC_to_RDR_SetParameters(bProtocolNum=1, abProtocolDataStructure=T1))
    host.ask(PC_to_RDR_IccPowerOn())
    assert host.ask(PC_to_RDR_GetParameters()).abProtocolDataStructure == T0


def test_a_wrong_parameter_is_named_and_changes_nothing():
    cases = [
        (0, T1, 0x01),
        (1, T0, 0x01),
        (0, T0[:4], 0x01),
        (1, T1 + b"\0", 0x01),
        (2, T0, 0x07),
        (255, T0, 0x07),
        (0, b"\xf1" + T0[1:], 0x0A),
        (0, b"\x11\x80" + T0[2:], 0x0B),
        (1, b"\x11\x00" + T1[2:], 0x0B),
        (0, T0[:4] + b"\x04", 0x0E),
        (1, T1[:5] + b"\xff\x00", 0x0F),
        (1, T1[:6] + b"\x2a", 0x10),
    ]
    for protocol, data, error in cases:
        host = powered()
        answer = host.ask(PC_to_RDR_SetParameters(0, 9, protocol, data))
        assert (answer.bStatus, answer.bError, answer.bSeq) == (0x40, error, 9)
        assert host.ask(PC_to_RDR_GetParameters()).abProtocolDataStructure == T0


def test_a_nad_is_taken_where_the_reader_knows_nads():
    host = powered(with_descriptor(dwFeatures=PLAIN.descriptor.dwFeatures | Features.NAD))
    data = T1[:6] + b"\x2a"
    assert host.ask(PC_to_RDR_SetParameters(0, 0, 1, data)).abProtocolDataStructure == data


def test_a_reader_that_negotiates_notices_what_the_card_cannot_do():
    cases = [
        ("3B00", 0, None),
        ("3B00", 1, Error.ICC_PROTOCOL_NOT_SUPPORTED),
        ("3B800181", 0, Error.ICC_PROTOCOL_NOT_SUPPORTED),
        ("3B9000800111", 1, None),
        ("3B8090000111", 0, None),
        ("3B8090000111", 1, Error.ICC_PROTOCOL_NOT_SUPPORTED),
    ]
    for atr, protocol, error in cases:
        for features, expected in ((PLAIN.descriptor.dwFeatures, error), (MANUAL, None)):
            host = powered(with_descriptor(dwFeatures=features), bytes.fromhex(atr))
            answer = host.ask(PC_to_RDR_SetParameters(0, 0, protocol, (T0, T1)[protocol]))
            assert (answer.bError if answer.bStatus else None) == expected


def test_parameters_may_be_set_before_the_card_has_power():
    host = Host(card=FakeCard(ATR_T0))
    assert host.ask(PC_to_RDR_SetParameters(0, 0, 1, T1)).bStatus == 1


def test_a_protocol_that_the_reader_lacks_is_refused():
    host = powered(with_descriptor(dwProtocols=1))
    assert host.ask(PC_to_RDR_SetParameters(0, 0, 1, T1)).bError == Error.BAD_PARAMETER


@pytest.mark.parametrize(
    ("model", "changes", "error"),
    [
        (PLAIN, 3, None),
        (PLAIN, 4, Error.BAD_PARAMETER),
        (with_descriptor(dwFeatures=ExchangeLevel.TPDU), 0, Error.CMD_NOT_SUPPORTED),
    ],
)
def test_t0apdu_is_for_apdu_levels(model, changes, error):
    host = powered()
    host.reader.model = model
    answer = host.ask(PC_to_RDR_T0APDU(0, 0, changes))
    assert (answer.bStatus >> 6 and answer.bError) == (error or 0)
    assert bool(answer.bStatus >> 6) == (error is not None)


def test_the_nearest_clock_and_rate_are_taken():
    cases = [
        ((), (), (5000, 9600), (4000, 10752)),
        ((), (), (4000, 999999), (4000, 344086)),
        ((3000, 4000), (9600, 19200), (3999, 19200), (3000, 19200)),
        ((3000, 4000), (9600, 19200), (2000, 20000), (3000, 19200)),
    ]
    for clocks, rates, asked, got in cases:
        model = replace(
            with_descriptor(dwFeatures=MANUAL), clock_frequencies=clocks, data_rates=rates
        )
        answer = Host(model).ask(PC_to_RDR_SetDataRateAndClockFrequency(0, 0, *asked))
        assert answer.bStatus == 2
        assert (answer.dwClockFrequency, answer.dwDataRate) == got


@pytest.mark.parametrize(
    ("features", "asked", "error"),
    [
        (MANUAL, (0, 9600), 0x0A),
        (MANUAL, (4000, 0), 0x0E),
        (MANUAL | Features.AUTO_BAUD, (4000, 9600), Error.CMD_NOT_SUPPORTED),
    ],
)
def test_a_refused_rate_is_answered_with_the_one_in_use(features, asked, error):
    model = with_descriptor(dwFeatures=features)
    answer = Host(model).ask(PC_to_RDR_SetDataRateAndClockFrequency(0, 0, *asked))
    assert (answer.bStatus, answer.bError) == (0x42, error)
    descriptor = Descriptor()
    assert answer.dwClockFrequency == descriptor.dwDefaultClock
    assert answer.dwDataRate == descriptor.dwDataRate


@pytest.mark.parametrize(
    ("protocols", "atr", "chosen"),
    [(2, BOTH, 1), (1, BOTH, 0), (3, BOTH, 0), (0, BOTH, 0), (2, ATR_T0, 0), (1, ATR_T1, 1)],
)
@pytest.mark.parametrize("level", ExchangeLevel)
def test_automatic_negotiation_chooses_a_protocol_that_the_reader_has(
    protocols, atr, chosen, level
):
    model = at_level(PLAIN, level)
    features = model.descriptor.dwFeatures & ~Features.AUTO_PPS | Features.AUTO_NEGOTIATION
    descriptor = replace(model.descriptor, dwProtocols=protocols, dwFeatures=features)
    host = Host(replace(model, descriptor=descriptor), FakeCard(atr))
    host.ask(PC_to_RDR_IccPowerOn())
    assert host.ask(PC_to_RDR_GetParameters()).bProtocolNum == chosen
    assert host.ask(PC_to_RDR_ResetParameters()).bProtocolNum == chosen


def test_a_reader_for_t1_alone_gives_no_procedure_bytes_of_t0():
    host = Host(MODELS["acr122u"], FakeCard(BOTH, answer=lambda command: command[5:] + b"\x90\0"))
    host.ask(PC_to_RDR_IccPowerOn(bPowerSelect=1))
    echo = bytes.fromhex("8036000403010203")
    answer = host.ask(PC_to_RDR_XfrBlock(abData=echo))
    assert answer.abData == bytes.fromhex("0102039000")
