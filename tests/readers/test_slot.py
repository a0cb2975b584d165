from pathlib import Path

import pytest

from readers.ccid.codes import TRANSITIONS, CommandStatus, Error, Happening, IccStatus
from readers.ccid.descriptor import Descriptor, ExchangeLevel
from readers.ccid.message import PC_to_RDR_GetSlotStatus, PC_to_RDR_IccPowerOn, PC_to_RDR_XfrBlock
from readers.exchange.apdu import exchange_for
from readers.models import PLAIN, at_level
from readers.slot import Slot
from tests.kits.reader_host import FakeCard, Host
from vcard import Busy

COMMAND = PC_to_RDR_XfrBlock(bSeq=7, abData=b"\0\0\0\0")


def test_every_level_has_the_whole_protocol():
    for level in ExchangeLevel:
        exchange = exchange_for(at_level(PLAIN, level))
        for name in (
            "reset",
            "renegotiated",
            "transfer",
            "send_pin",
            "continue_pin",
            "status_word",
        ):
            assert callable(getattr(exchange, name))


def powered(card):
    host = Host(card=card)
    host.ask(PC_to_RDR_IccPowerOn())
    return host


def busy(seconds=2.5, response=b"\x90\x00"):
    return FakeCard(answer=lambda _: Busy(seconds, lambda: response))


def test_a_busy_card_answers_when_its_time_has_come():
    host = powered(busy())
    host.send(COMMAND)
    assert host.answers() == []
    for now in (1.0, 2.0):
        assert host.reader.deadline == now
        host.tick(now)
        extension = host.answer()
        assert (extension.command_status, extension.bError) == (CommandStatus.TIME_EXTENSION, 1)
        assert extension.bSeq == 7
    assert host.reader.deadline == 2.5
    host.tick(2.4)
    assert host.answers() == []
    host.tick(2.5)
    answer = host.answer()
    assert (answer.bStatus, answer.bSeq, answer.abData) == (0, 7, b"\x90\x00")
    assert host.reader.deadline is None
    host.tick(9.0)
    assert host.answers() == []


def test_a_card_that_stays_mute_fails_in_the_end():
    host = powered(busy(response=None))
    host.send(COMMAND)
    host.tick(2.5)
    assert host.answer().bError == Error.ICC_MUTE


def test_a_card_may_be_busy_again():
    later = Busy(1.0, lambda: b"\x90\x00")
    host = powered(FakeCard(answer=lambda _: Busy(0.5, lambda: later)))
    host.send(COMMAND)
    host.tick(0.5)
    assert host.answers() == []
    host.tick(1.5)
    assert host.answer().command_status == CommandStatus.OK


def test_a_slot_with_a_command_under_way_is_busy():
    host = powered(busy())
    host.send(COMMAND)
    answer = host.ask(PC_to_RDR_GetSlotStatus(bSeq=8))
    assert (answer.bSeq, answer.bStatus, answer.bError) == (8, 0x40, Error.CMD_SLOT_BUSY)


def test_a_card_taken_out_while_busy_ends_the_command():
    host = powered(busy())
    host.send(COMMAND)
    host.reader.eject()
    answer = host.answer()
    assert (answer.bStatus, answer.bError, answer.bSeq) == (0x42, Error.ICC_MUTE, 7)
    host.tick(5.0)
    assert host.answers() == []


def test_a_card_taken_out_while_it_computes_ends_the_command_once():
    host = powered(FakeCard())

    def answer(command):
        host.reader.eject()
        return b"\x90\x00"

    host.reader.slots[0].card.answer = answer
    assert host.ask(COMMAND).bStatus == 0x42


def test_a_mute_card_fails_the_command():
    host = powered(FakeCard(answer=lambda _: None))
    answer = host.ask(COMMAND)
    assert (answer.bStatus, answer.bError) == (0x40, Error.ICC_MUTE)


@pytest.mark.parametrize("method", ["power_up", "exchange", "power_down"])
def test_a_card_whose_code_fails_is_mute_and_the_reader_lives(method, caplog):
    class Broken(FakeCard):
        pass

    def fail(self, *_):
        raise OSError("gone")

    setattr(Broken, method, fail)
    host = Host(card=Broken(atr=None if method == "power_down" else b"\x3b\x00"))
    answer = host.ask(PC_to_RDR_IccPowerOn())
    if method == "exchange":
        answer = host.ask(COMMAND)
    assert answer.bError == Error.ICC_MUTE
    assert "the card's code failed" in caplog.text


def test_every_transition_is_taken():
    for (before, what), after in TRANSITIONS.items():
        slot = Slot(0, exchange_for(PLAIN), Descriptor())
        slot.state = before
        slot.clock_stopped = True
        slot.happens(what)
        assert slot.state is after
        assert not slot.clock_stopped


def test_what_cannot_happen_is_not_in_the_table():
    possible = {
        IccStatus.ABSENT: {Happening.INSERTED},
        IccStatus.INACTIVE: set(Happening) - {Happening.INSERTED},
        IccStatus.ACTIVE: set(Happening) - {Happening.INSERTED},
    }
    for state, happenings in possible.items():
        assert {what for (before, what) in TRANSITIONS if before is state} == happenings
    slot = Slot(0, exchange_for(PLAIN), Descriptor())
    with pytest.raises(KeyError):
        slot.happens(Happening.REMOVED)


def picture() -> str:
    """The transitions as they are drawn in docs/explanation/states.md."""
    rows = (
        f"{before.name:<8} --{what.name.lower()}--> {after.name}"
        for (before, what), after in TRANSITIONS.items()
    )
    return "\n".join(rows)


def test_the_picture_in_the_documentation_is_the_table():
    text = (Path(__file__).parents[2] / "docs/explanation/states.md").read_text()
    assert picture() in text
