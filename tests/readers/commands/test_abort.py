import pytest

from readers.ccid.codes import Error
from readers.ccid.message import (
    PC_to_RDR_Abort,
    PC_to_RDR_GetSlotStatus,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_XfrBlock,
)
from readers.commands.abort import ABORT_TIMEOUT_S
from readers.models import PINPAD
from tests.kits.reader_host import FakeCard, Host, pinpad_host
from tests.readers.commands.test_secure import VERIFY, message
from vcard import Busy


def busy_host():
    host = Host(card=FakeCard(answer=lambda _: Busy(60.0, lambda: b"\x90\x00")))
    host.ask(PC_to_RDR_IccPowerOn())
    host.send(PC_to_RDR_XfrBlock(0, 5, abData=b"\0\0\0\0"))
    return host


@pytest.mark.parametrize("request_first", [True, False])
def test_both_halves_end_the_command_under_way(request_first):
    host = busy_host()
    if request_first:
        host.reader.abort(0, 6)
        host.send(PC_to_RDR_Abort(0, 6))
    else:
        host.send(PC_to_RDR_Abort(0, 6))
        assert host.answers() == []
        host.reader.abort(0, 6)
    command, abort = host.answers()
    assert (command.bSeq, command.bStatus, command.bError) == (5, 0x40, Error.CMD_ABORTED)
    assert (abort.bSeq, abort.bStatus, abort.bMessageType) == (6, 0, 0x81)
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 0
    host.tick(60.0)
    assert host.answers() == []


def test_between_the_halves_every_command_is_refused():
    host = Host(card=FakeCard())
    host.reader.abort(0, 6)
    assert host.ask(PC_to_RDR_GetSlotStatus()).bError == Error.CMD_ABORTED
    assert host.ask(PC_to_RDR_Abort(0, 7)).bError == Error.CMD_ABORTED
    assert host.ask(PC_to_RDR_Abort(0, 6)).bStatus == 1
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 1


def test_a_second_abort_message_is_refused():
    host = Host()
    host.send(PC_to_RDR_Abort(0, 6))
    assert host.ask(PC_to_RDR_Abort(0, 7)).bError == Error.CMD_ABORTED
    host.reader.abort(0, 7)
    assert host.answers() == []
    host.reader.abort(0, 6)
    assert host.answer().bStatus == 2


def test_a_half_that_stays_alone_is_forgotten():
    host = Host(card=FakeCard())
    host.reader.abort(0, 6)
    assert host.reader.deadline == ABORT_TIMEOUT_S
    host.tick(ABORT_TIMEOUT_S)
    assert host.answers() == []
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 1
    host.send(PC_to_RDR_Abort(0, 7))
    host.tick(2 * ABORT_TIMEOUT_S)
    answer = host.answer()
    assert (answer.bSeq, answer.bError) == (7, Error.CMD_ABORTED)
    assert host.reader.deadline is None


def test_an_entry_is_aborted_like_any_command():
    host = pinpad_host(PINPAD)
    host.send(message(VERIFY, seq=5))
    host.reader.abort(0, 6)
    host.send(PC_to_RDR_Abort(0, 6))
    assert [answer.bSeq for answer in host.answers()] == [5, 6]
    assert not host.reader.pinpad.waiting


def test_a_card_that_still_computes_keeps_the_slot_for_itself():
    host = Host(card=FakeCard())
    host.ask(PC_to_RDR_IccPowerOn())
    seen = []

    def answer(command):
        host.reader.abort(0, 6)
        host.send(PC_to_RDR_Abort(0, 6))
        host.send(PC_to_RDR_XfrBlock(0, 7, abData=b"\0\0\0\0"))
        host.send(PC_to_RDR_GetSlotStatus(0, 8))
        seen.extend(host.answers())
        return b"\x90\x00"

    host.reader.slots[0].card.answer = answer
    host.send(PC_to_RDR_XfrBlock(0, 5, abData=b"\0\0\0\0"))
    assert [(a.bSeq, a.bError) for a in seen] == [
        (5, Error.CMD_ABORTED),
        (6, 0),
        (7, Error.CMD_SLOT_BUSY),
        (8, 0),
    ]
    assert host.answers() == []
    host.reader.slots[0].card.answer = lambda _: b"\x90\x00"
    assert host.ask(PC_to_RDR_XfrBlock(0, 9, abData=b"\0\0\0\0")).bStatus == 0


def test_a_slot_that_does_not_exist_has_nothing_to_abort():
    host = Host()
    host.reader.abort(9, 6)
    assert host.ask(PC_to_RDR_Abort(9, 6)).bError == Error.BAD_SLOT
    assert host.reader.deadline is None
