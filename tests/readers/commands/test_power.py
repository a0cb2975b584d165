from dataclasses import replace

import pytest

from readers import CcidReader
from readers.ccid.codes import Error
from readers.ccid.descriptor import Features, Mechanical
from readers.ccid.message import (
    PC_to_RDR_GetSlotStatus,
    PC_to_RDR_IccClock,
    PC_to_RDR_IccPowerOff,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_Mechanical,
    PC_to_RDR_XfrBlock,
)
from readers.models import PLAIN
from readers.models.model import Quirk
from tests.kits.reader_host import ATR_T1, FakeCard, Host

MANUAL_VOLTAGE = replace(
    PLAIN.descriptor,
    dwFeatures=PLAIN.descriptor.dwFeatures & ~(Features.AUTO_VOLTAGE | Features.AUTO_ACTIVATION),
    bVoltageSupport=3,
)


def with_features(features):
    descriptor = replace(PLAIN.descriptor, dwFeatures=PLAIN.descriptor.dwFeatures | features)
    return replace(PLAIN, descriptor=descriptor)


def test_power_goes_on_and_off():
    card = FakeCard()
    host = Host(card=card)
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 1
    answer = host.ask(PC_to_RDR_IccPowerOn())
    assert (answer.bStatus, answer.abData) == (0, ATR_T1)
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 0
    assert card.powered
    assert host.ask(PC_to_RDR_IccPowerOff()).bStatus == 1
    assert not card.powered
    assert Host().ask(PC_to_RDR_IccPowerOff()).bStatus == 2


def test_a_strange_atr_is_answered_by_what_the_reader_checks():
    cases = [
        (None, Quirk.NONE, Error.ICC_MUTE),
        (b"", Quirk.NONE, Error.ICC_MUTE),
        (b"\x3b" * 34, Quirk.NONE, Error.XFR_OVERRUN),
        (b"\x3c\x00", Quirk.CHECKS_ATR, Error.BAD_ATR_TS),
        (bytes.fromhex("3B800182"), Quirk.CHECKS_ATR, Error.BAD_ATR_TCK),
        (b"\x3c\x00", Quirk.NONE, None),
        (bytes.fromhex("3B800182"), Quirk.NONE, None),
        (bytes.fromhex("3B800181"), Quirk.CHECKS_ATR, None),
    ]
    for atr, quirks, error in cases:
        card = FakeCard(atr)
        host = Host(replace(PLAIN, quirks=quirks), card)
        answer = host.ask(PC_to_RDR_IccPowerOn())
        assert answer.bStatus == (0x41 if error else 0)
        assert answer.bError == (error or 0)
        assert card.powered == (error is None)


def test_a_card_that_fails_to_answer_a_reset_is_inactive_again():
    card = FakeCard()
    host = Host(card=card)
    host.ask(PC_to_RDR_IccPowerOn())
    card.atr = None
    assert host.ask(PC_to_RDR_IccPowerOn()).bStatus == 0x41
    assert host.ask(PC_to_RDR_XfrBlock(abData=b"\0\0\0\0")).bError == Error.ICC_MUTE


def test_a_voltage_is_chosen_or_refused():
    cases = [
        (True, 0, 0, None),
        (True, 0, 3, None),
        (True, 0, 4, Error.BAD_PARAMETER),
        (True, 7, 0, Error.ICC_MUTE),
        (False, 0, 0, Error.BAD_PARAMETER),
        (False, 0, 1, None),
        (False, 1, 1, Error.ICC_MUTE),
        (False, 1, 2, None),
        (False, 0, 3, Error.BAD_PARAMETER),
    ]
    for automatic, refused, select, error in cases:
        model = replace(PLAIN, refused_voltages=refused)
        if not automatic:
            model = replace(model, descriptor=MANUAL_VOLTAGE)
        answer = Host(model, FakeCard()).ask(PC_to_RDR_IccPowerOn(bPowerSelect=select))
        assert answer.bStatus == (0x41 if error else 0)
        assert answer.bError == (error or 0)


def test_the_clock_is_stopped_where_the_reader_can():
    host = Host(with_features(Features.CLOCK_STOP), FakeCard())
    host.ask(PC_to_RDR_IccPowerOn())
    assert host.ask(PC_to_RDR_IccClock(bClockCommand=1)).bClockStatus == 1
    assert host.ask(PC_to_RDR_GetSlotStatus()).bClockStatus == 1
    answer = host.ask(PC_to_RDR_IccClock(bClockCommand=2))
    assert (answer.bStatus, answer.bError, answer.bClockStatus) == (0x40, Error.BAD_PARAMETER, 1)
    assert host.ask(PC_to_RDR_IccClock(bClockCommand=0)).bClockStatus == 0


def test_a_transfer_starts_the_clock_again():
    host = Host(with_features(Features.CLOCK_STOP), FakeCard())
    host.ask(PC_to_RDR_IccPowerOn())
    host.ask(PC_to_RDR_IccClock(bClockCommand=1))
    host.ask(PC_to_RDR_XfrBlock(abData=b"\0\0\0\0"))
    assert host.ask(PC_to_RDR_GetSlotStatus()).bClockStatus == 0


def test_a_clock_that_cannot_stop_is_not_supported():
    host = Host(card=FakeCard())
    assert host.ask(PC_to_RDR_IccClock()).bError == Error.CMD_NOT_SUPPORTED
    assert Host().ask(PC_to_RDR_IccClock()).bError == Error.ICC_MUTE


def motor(mechanical):
    return replace(PLAIN, descriptor=replace(PLAIN.descriptor, dwMechanical=mechanical))


def test_a_motor_locks_and_ejects():
    card = FakeCard()
    host = Host(motor(Mechanical.LOCK | Mechanical.EJECT), card)
    host.ask(PC_to_RDR_IccPowerOn())
    assert host.ask(PC_to_RDR_Mechanical(bFunction=4)).bStatus == 0
    with pytest.raises(RuntimeError, match="locked"):
        host.reader.eject()
    assert host.ask(PC_to_RDR_Mechanical(bFunction=5)).bStatus == 0
    assert host.ask(PC_to_RDR_Mechanical(bFunction=2)).bStatus == 2
    assert list(host.reader.interrupt_in) == [b"\x50\x02"]
    assert not card.powered
    assert host.ask(PC_to_RDR_Mechanical(bFunction=2)).bStatus == 2


def test_a_mechanism_that_is_not_there_is_refused():
    cases = [
        (Mechanical(0), 1, Error.CMD_NOT_SUPPORTED),
        (Mechanical.ACCEPT, 1, None),
        (Mechanical.ACCEPT, 2, Error.BAD_PARAMETER),
        (Mechanical.LOCK, 6, Error.BAD_PARAMETER),
        (Mechanical.LOCK, 0, Error.BAD_PARAMETER),
    ]
    for mechanical, function, error in cases:
        answer = Host(motor(mechanical)).ask(PC_to_RDR_Mechanical(bFunction=function))
        assert answer.bStatus == (0x42 if error is not None else 2)
        assert answer.bError == (error or 0)


@pytest.mark.parametrize("select", [0, 1, 2, 3])
@pytest.mark.parametrize("automatic", [False, True])
@pytest.mark.parametrize("said", [0, 0x88])
def test_a_descriptor_without_voltages_means_all_of_them(select, automatic, said):
    base = PLAIN if automatic else replace(PLAIN, descriptor=MANUAL_VOLTAGE)
    descriptor = replace(base.descriptor, bVoltageSupport=said)
    host = Host(replace(base, descriptor=descriptor), FakeCard())
    answer = host.ask(PC_to_RDR_IccPowerOn(bPowerSelect=select))
    assert answer.bError == (0 if select or automatic else Error.BAD_PARAMETER)


def test_a_card_that_the_motor_brings_out_is_held_no_more():
    host = Host(motor(Mechanical.LOCK | Mechanical.EJECT), FakeCard())
    host.ask(PC_to_RDR_Mechanical(bFunction=4))
    assert host.reader.slots[0].locked
    host.ask(PC_to_RDR_Mechanical(bFunction=2))
    host.reader.insert(FakeCard())
    assert not host.reader.slots[0].locked
    host.reader.eject()


def test_the_clock_runs_until_it_is_stopped():
    host = Host(card=FakeCard())
    host.ask(PC_to_RDR_IccPowerOn())
    assert host.ask(PC_to_RDR_IccClock(bClockCommand=0)).bClockStatus == 0
    assert CcidReader(PLAIN).slots[0].clock_status == 0
