"""A card's commands and answers are reported, if there is a tap."""

import pytest
from _pytest.outcomes import Failed

from readers import CcidReader, models
from readers.ccid.codes import Error, IccStatus
from readers.ccid.descriptor import ExchangeLevel
from readers.ccid.message import (
    PC_to_RDR_GetSlotStatus,
    PC_to_RDR_IccPowerOff,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_XfrBlock,
)
from readers.events import CommandSent, ResponseReceived
from readers.models import at_level
from readers.watched_contact import CAME_BACK, WatchedContact
from tests.kits.reader_host import ATR_T0, ATR_T1, FakeCard, Host
from vcard import Busy
from vcard.doubles import Faults


class Silent:
    def __init__(self, answer):
        self.answer = answer

    def power_up(self):
        return b"\x3b\x00"

    def power_down(self):
        pass

    def exchange(self, command, port=None):
        return self.answer


@pytest.mark.parametrize("response", [b"\x90\x00", None])
def test_a_command_and_its_response_are_told(response):
    reader, told = CcidReader(models.PLAIN), []
    reader.tap = told.append
    watched = WatchedContact(Silent(response), reader, 1)
    assert watched.exchange(b"\0\0\0\0", 3) == response
    assert told == [CommandSent(1, b"\0\0\0\0", 3), ResponseReceived(1, b"\0\0\0\0", response)]


def test_a_response_that_takes_time_is_told_when_it_is_there():
    reader, told = CcidReader(models.PLAIN), []
    reader.tap = told.append
    busy = WatchedContact(Silent(Busy(1.0, lambda: b"\x90\0")), reader, 0).exchange(b"\0\0\0\0")
    assert isinstance(busy, Busy)
    assert len(told) == 1
    assert busy.finish() == b"\x90\0"
    assert told[1:] == [ResponseReceived(0, b"\0\0\0\0", b"\x90\0")]


def test_who_waits_for_a_cards_code_is_called_whenever_it_comes_back():
    reader, back = CcidReader(models.PLAIN), []
    CAME_BACK.append(lambda: back.append(1))
    try:
        watched = WatchedContact(Silent(Busy(1.0, lambda: 1 // 0)), reader, 0)
        assert watched.power_up() == b"\x3b\x00"
        busy = watched.exchange(b"\0\0\0\0")
        assert len(back) == 2
        assert busy.finish() is None
        watched.power_down()
        assert len(back) == 4
        assert WatchedContact(None, reader, 0).power_up() is None
        assert len(back) == 5
    finally:
        CAME_BACK.clear()


def test_nothing_is_told_where_nobody_listens():
    reader = CcidReader(models.PLAIN)
    watched = WatchedContact(Silent(Busy(1.0, lambda: b"\x90\0")), reader, 0)
    reader.tap = pytest.fail
    busy = WatchedContact(Silent(b"\x90\0"), CcidReader(models.PLAIN), 0).exchange(b"\0\0\0\0")
    assert busy == b"\x90\0"
    reader.tap = None
    answer = watched.exchange(b"\0\0\0\0")
    assert isinstance(answer, Busy)
    assert answer.finish() == b"\x90\0"


def test_a_card_that_is_taken_out_is_the_one_that_was_put_in():
    reader, card = CcidReader(models.PLAIN), Silent(b"")
    reader.insert(card)
    assert reader.slots[0].card is card
    assert reader.eject() is card


def test_whoever_stops_listening_while_a_card_works_is_told_no_more():
    reader, told = CcidReader(models.PLAIN), []
    reader.tap = told.append
    busy = WatchedContact(Silent(Busy(1.0, lambda: b"\x90\0")), reader, 0).exchange(b"\0\0\0\0")
    reader.tap = None
    assert busy.finish() == b"\x90\0"
    assert told == [CommandSent(0, b"\0\0\0\0")]


# Card code may do anything, in every method


RAISED = (ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration, Failed)
WRONG_TYPES = (5, "9000", [0x90, 0], object(), 3.5, Busy)
METHODS = ("power_up", "power_down", "exchange", "finish")
LEVELS = tuple(ExchangeLevel)
POWER_ON, POWER_OFF = PC_to_RDR_IccPowerOn(), PC_to_RDR_IccPowerOff()
COMMANDS = {
    # at T=1, character and TPDU level: an I-block with 00 00 00 00
    ExchangeLevel.CHARACTER: PC_to_RDR_XfrBlock(
        wLevelParameter=3, abData=bytes.fromhex("0000040000000004")
    ),
    ExchangeLevel.TPDU: PC_to_RDR_XfrBlock(abData=bytes.fromhex("0000040000000004")),
    ExchangeLevel.SHORT_APDU: PC_to_RDR_XfrBlock(abData=bytes(4)),
    ExchangeLevel.EXTENDED_APDU: PC_to_RDR_XfrBlock(abData=bytes(4)),
}


class Misbehaving(FakeCard):
    """Does `act` in one of its methods, as often as it is called."""

    def __init__(self, method, act, atr=ATR_T1):
        super().__init__(atr)
        self.method, self.act, self.acted = method, act, 0

    def _do(self, method, usual):
        if method != self.method:
            return usual
        self.acted += 1
        return self.act()

    def power_up(self):
        return self._do("power_up", self.atr)

    def power_down(self):
        self._do("power_down", None)

    def exchange(self, command, port=None):
        if self.method == "finish":
            return Busy(0.5, lambda: self._do("finish", None))
        return self._do("exchange", b"\x90\x00")


def raising(kind):
    def act():
        raise kind

    return act


def before(level, method, act, atr=ATR_T1):
    """A host whose reader has a card that misbehaves, after one round of everything with it."""
    card = Misbehaving(method, act, atr)
    host = Host(at_level(models.PLAIN, level), card)
    host.reader.tap = lambda _: None
    for message in (POWER_ON, COMMANDS[level], POWER_OFF):
        host.send(message)
        while (due := host.reader.deadline) is not None:
            host.tick(due)
        assert [a for a in host.answers() if a.bStatus >> 6 < 2], message
        assert host.reader.slots[0].job is None
        assert host.reader.slots[0].computing is None
    return host, card


def serves_another(host):
    """The reader is free: another card works in it."""
    reader = host.reader
    if reader.slots[0].card is not None:
        reader.eject()
    reader.insert(FakeCard())
    assert host.ask(POWER_ON).abData == ATR_T1
    level = reader.model.descriptor.exchange_level
    assert host.ask(COMMANDS[level]).bError == 0


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", RAISED)
def test_whatever_a_card_raises_is_told_once_and_the_reader_goes_on(level, method, kind, caplog):
    host, card = before(level, method, raising(kind))
    assert card.acted
    assert len(caplog.records) == card.acted
    assert all("the card's code failed" in record.message for record in caplog.records)
    assert isinstance(caplog.records[0].exc_info[1], kind)
    serves_another(host)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("method", ["power_up", "exchange", "finish"])
@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: type(value).__name__)
def test_a_wrong_type_is_a_fault_of_the_card_that_names_it(level, method, value, caplog):
    host, card = before(level, method, lambda: value)
    assert len(caplog.records) == card.acted
    assert f"returned {type(value).__name__}, not bytes or None" in caplog.text
    serves_another(host)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("atr", [ATR_T0, ATR_T1])
def test_a_card_without_an_answer_is_mute_and_no_fault(level, method, atr, caplog):
    host, _ = before(level, method, lambda: None, atr)
    assert caplog.records == []
    serves_another(host)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("another", [False, True])
def test_a_card_may_take_itself_out_and_put_another_in(level, method, another):
    card = Misbehaving(method, lambda: None)
    host = Host(at_level(models.PLAIN, level), card)
    reader = host.reader

    def leave():
        if reader.slots[0].card is card:
            reader.eject()
            if another:
                reader.insert(FakeCard())
        return b"\x90\x00"

    card.act = leave
    for message in (POWER_ON, COMMANDS[level], POWER_OFF):
        host.send(message)
        while (due := reader.deadline) is not None:
            host.tick(due)
        assert len([a for a in host.answers() if a.bStatus >> 6 < 2]) == 1
    assert reader.slots[0].job is None
    status = host.ask(PC_to_RDR_GetSlotStatus()).bStatus & 3
    assert status == (IccStatus.INACTIVE if another else IccStatus.ABSENT)
    serves_another(host)


@pytest.mark.parametrize("kind", RAISED)
def test_a_card_that_fails_at_the_end_can_be_taken_out(kind, caplog):
    reader, card = CcidReader(models.PLAIN), Misbehaving("power_down", raising(kind))
    reader.insert(card)
    assert reader.eject() is card
    assert "the card's code failed" in caplog.text
    reader.insert(FakeCard())


@pytest.mark.parametrize("kind", RAISED)
def test_what_a_card_says_of_itself_is_code_that_may_fail(kind, caplog):
    class Shy(FakeCard):
        @property
        def habits(self):
            raise kind

    host = Host(at_level(models.PLAIN, ExchangeLevel.TPDU), Shy())
    host.ask(POWER_ON)
    assert host.ask(COMMANDS[ExchangeLevel.TPDU]).bError == Error.ICC_MUTE
    assert "the card's code failed" in caplog.text
    serves_another(host)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e308, -5, "1", None])
def test_a_card_is_busy_for_a_sensible_time_or_mute(seconds, caplog):
    host = Host(card=FakeCard(answer=lambda _: Busy(seconds, lambda: b"\x90\0")))
    host.ask(POWER_ON)
    assert host.ask(PC_to_RDR_XfrBlock(abData=bytes(4))).bError == Error.ICC_MUTE
    assert "Busy.seconds is 0..1000000, not" in caplog.text


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_a_buffer_is_as_good_as_bytes(kind, caplog):
    host = Host(card=FakeCard(kind(ATR_T1), answer=lambda _: kind(b"\x90\0")))
    assert host.ask(POWER_ON).abData == ATR_T1
    assert host.ask(PC_to_RDR_XfrBlock(abData=bytes(4))).abData == b"\x90\0"
    assert caplog.records == []


def test_a_card_that_pulls_itself_out_is_lent_the_way_by_the_reader_it_is_in():
    faults = Faults()
    faults.on(ins=0x10).remove()
    card = faults.around(Silent(b"\x90\0"))
    for _ in range(2):  # the second reader, not the first one
        host = Host(card=card)
        host.ask(PC_to_RDR_IccPowerOn())
        answer = host.ask(PC_to_RDR_XfrBlock(abData=b"\0\x10\0\0"))
        assert (answer.bStatus, answer.bError) == (0x42, Error.ICC_MUTE)
        assert host.reader.slots[0].card is None


def test_a_way_out_that_somebody_else_has_lent_is_kept():
    card, asked = Faults().around(Silent(b"\x90\0")), []
    card.on_action = asked.append
    CcidReader(models.PLAIN).insert(card)
    card.act("remove")
    assert asked == ["remove"]


class Rogue(bytes):
    """Bytes whose methods are a card's code."""

    def _fail(self, *_):
        raise SystemExit("on purpose")

    __len__ = __getitem__ = __iter__ = __add__ = __eq__ = __hash__ = __bytes__ = hex = _fail


@pytest.mark.parametrize("kind", [Rogue, bytearray, memoryview])
def test_the_bytes_of_a_subclass_or_a_buffer_are_taken_as_plain_ones(kind):
    card = Silent(kind(b"\x90\x00"))
    card.power_up = lambda: kind(b"\x3b\x00")
    watched = WatchedContact(card, CcidReader(models.PLAIN), 0)
    for value, plain in [(watched.exchange(bytes(4)), b"\x90\0"), (watched.power_up(), b"\x3b\0")]:
        assert type(value) is bytes
        assert value == plain
