from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.hello import Hello
from readers import MODELS, OK, CcidReader
from readers.ccid.codes import HEADER, CommandStatus, Error, MessageType
from readers.ccid.descriptor import ExchangeLevel
from readers.ccid.message import (
    BULK,
    PC_to_RDR_Abort,
    PC_to_RDR_GetParameters,
    PC_to_RDR_GetSlotStatus,
    PC_to_RDR_IccClock,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_ResetParameters,
    PC_to_RDR_XfrBlock,
    RDR_to_PC_NotifySlotChange,
    parse_bulk,
)
from readers.commands.table import RULES
from readers.context import Guard
from readers.events import PoweredDown
from readers.models import PINPAD, PINPAD_DISPLAY, PLAIN, TWO_SLOT, at_level
from readers.models.model import Quirk
from tests.kits import golden
from tests.kits.conversation import Conversation
from tests.kits.reader_host import ATR_T0, ATR_T1, FakeCard, Host, pinpad_host
from tests.readers.commands.test_secure import VERIFY
from tests.readers.commands.test_secure import message as secure
from vcard import Busy, Card


def test_a_card_is_powered_and_answers():
    host = Host(card=FakeCard())
    assert host.ask(PC_to_RDR_IccPowerOn(bSeq=1)).abData == FakeCard().atr
    assert host.ask(PC_to_RDR_XfrBlock(bSeq=2, abData=b"\0\0\0\0")).abData == b"\0\0\0\0\x90\0"


def test_a_wrong_message_is_answered_with_the_reason():
    cases = [
        ("65 00000000 01 07 000000", 0x81, 0x42, Error.BAD_SLOT),
        ("6F 00000000 FF 07 000000", 0x80, 0x42, Error.BAD_SLOT),
        ("65 01000000 00 07 000000", 0x81, 0x42, Error.BAD_LENGTH),
        ("65 01000000 00 07 000000 00", 0x81, 0x42, Error.BAD_LENGTH),
        ("6F 02000000 00 07 000000 00", 0x80, 0x42, Error.BAD_LENGTH),
        ("61 04000000 00 07 000000 00000000", 0x82, 0x42, Error.BAD_LENGTH),
        ("99 00000000 00 07 000000", 0x81, 0x42, Error.CMD_NOT_SUPPORTED),
        ("80 00000000 00 07 000000", 0x81, 0x42, Error.CMD_NOT_SUPPORTED),
        ("62 00000000 00 07 000000", 0x80, 0x42, Error.ICC_MUTE),
        ("6F 00000000 00 07 000000", 0x80, 0x42, Error.ICC_MUTE),
        ("65 00000000 00 07", 0x81, 0x42, Error.BAD_LENGTH),
    ]
    for message, kind, status, error in cases:
        host = Host()
        answer = host.ask(bytes.fromhex(message))
        assert answer.bMessageType == kind
        assert (answer.bSeq, answer.bStatus, answer.bError) == (7, status, error)
        assert answer.bSlot == bytes.fromhex(message)[5]


def test_a_message_in_two_parts_is_one_to_the_tap_and_its_data_reach_the_card_uncopied():
    host, told = Host(card=(card := FakeCard())), []
    host.ask(PC_to_RDR_IccPowerOn())
    host.reader.tap = told.append
    command = bytes(range(200))
    message = bytes(PC_to_RDR_XfrBlock(bSeq=3, abData=command))
    host.reader.handle(message[:10], 0.0, command)
    assert host.answer().abData == command + b"\x90\0"
    assert card.commands[0] is command
    assert told[0].message == message


def test_the_second_part_of_a_message_has_the_length_that_the_first_names():
    host = Host(card=FakeCard())
    message = bytes(PC_to_RDR_XfrBlock(bSeq=3, abData=b"four"))
    for data in (b"", b"for", b"fours"):
        host.reader.handle(message[:10], 0.0, data)
        assert host.answer().bError == Error.BAD_LENGTH


@pytest.mark.parametrize("kind", [b"", b"\x65", b"\x6f\0\0"])
def test_less_than_a_header_is_answered(kind):
    assert Host().ask(kind).bError == Error.BAD_LENGTH


def test_an_empty_slot_is_mute():
    cases = [
        PC_to_RDR_GetParameters(),
        PC_to_RDR_ResetParameters(),
        PC_to_RDR_IccClock(),
        PC_to_RDR_IccPowerOn(),
        PC_to_RDR_XfrBlock(abData=b"\0\0\0\0"),
    ]
    for message in cases:
        answer = Host().ask(message)
        assert (answer.bStatus, answer.bError) == (0x42, Error.ICC_MUTE)


def test_a_card_without_power_is_mute():
    host = Host(card=FakeCard())
    assert host.ask(PC_to_RDR_XfrBlock(abData=b"\0\0\0\0")).bStatus == 0x41
    assert host.ask(PC_to_RDR_GetParameters()).bStatus == 0x01


def test_cards_come_and_go_with_a_notice_for_each():
    reader = CcidReader(replace(PLAIN, descriptor=replace(PLAIN.descriptor, bMaxSlotIndex=4)))
    card = FakeCard()
    reader.insert(card)
    reader.insert(FakeCard(), slot=4)
    assert reader.eject() is card
    reader.insert(card, slot=1)
    changes = [message.hex() for message in reader.interrupt_in]
    assert changes == ["500300", "500103", "500201", "500c01"]


def test_a_second_card_and_a_missing_one_are_the_callers_fault():
    reader = CcidReader(PLAIN)
    with pytest.raises(RuntimeError, match="no card"):
        reader.eject()
    reader.insert(FakeCard())
    with pytest.raises(RuntimeError, match="a card in slot 0 already"):
        reader.insert(FakeCard())
    for slot in (-1, 1):
        with pytest.raises(ValueError, match=r"0\.\.0"):
            reader.insert(FakeCard(), slot=slot)


def test_a_card_taken_out_has_lost_its_power():
    card = FakeCard()
    host = Host(card=card)
    host.ask(PC_to_RDR_IccPowerOn())
    host.reader.eject()
    assert not card.powered


def test_a_reset_takes_the_supply_from_the_cards_and_leaves_them_in():
    host = busy_two_slots(TWO_SLOT)
    host.reader.abort(0, 1)
    host.reader.insert(host.reader.eject(1), 1)
    cards = [slot.card for slot in host.reader.slots]
    host.reader.slots[0].locked = True
    host.reader.reset()
    assert [card.powered for card in cards] == [False, False]
    assert host.reader.deadline is None
    assert host.answers() == []
    for slot in (0, 1):
        assert host.ask(PC_to_RDR_GetSlotStatus(bSlot=slot)).bStatus == 1
    assert host.ask(PC_to_RDR_IccPowerOn()).abData == ATR_T1
    host.reader.reset()
    host.reader.eject(0)
    host.reader.reset()
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 2


def test_a_reset_ends_a_pin_entry():
    host = pinpad_host(PINPAD)
    host.send(secure(VERIFY))
    assert host.reader.pinpad.waiting
    host.reader.reset()
    assert not host.reader.pinpad.waiting
    host.reader.pinpad.press("1", "OK")
    assert host.answers() == []
    assert host.ask(PC_to_RDR_IccPowerOn()).abData == ATR_T1


def busy_two_slots(model):
    host = Host(model)
    for slot in (0, 1):
        host.reader.insert(FakeCard(answer=lambda _: Busy(2.0, lambda: b"\x90\x00")), slot)
        host.ask(PC_to_RDR_IccPowerOn(bSlot=slot))
    host.send(PC_to_RDR_XfrBlock(0, 1, abData=b"\0\0\0\0"))
    host.send(PC_to_RDR_XfrBlock(1, 2, abData=b"\0\0\0\0"))
    return host


def test_two_slots_work_side_by_side_where_the_reader_can():
    host = busy_two_slots(TWO_SLOT)
    assert host.answers() == []
    host.tick(2.0)
    assert [answer.bSlot for answer in host.answers()] == [0, 1]


def test_one_slot_works_at_a_time_where_the_reader_cannot_do_more():
    descriptor = replace(TWO_SLOT.descriptor, bMaxCCIDBusySlots=1)
    host = busy_two_slots(replace(TWO_SLOT, descriptor=descriptor))
    answer = host.answer()
    assert (answer.bSlot, answer.bStatus, answer.bError) == (1, 0x40, Error.CMD_SLOT_BUSY)
    assert host.ask(PC_to_RDR_GetSlotStatus(bSlot=1)).bStatus == 0


def test_a_hardware_error_fails_the_command_under_way():
    host = Host(card=FakeCard(answer=lambda _: Busy(2.0, lambda: b"\x90\x00")))
    host.ask(PC_to_RDR_IccPowerOn())
    host.send(PC_to_RDR_XfrBlock(0, 9, abData=b"\0\0\0\0"))
    host.reader.hardware_error()
    assert list(host.reader.interrupt_in) == [bytes.fromhex("51000901")]
    answer = host.answer()
    assert (answer.bSeq, answer.bError) == (9, Error.HW_ERROR)
    host.reader.hardware_error()
    assert host.answers() == []


def test_the_guard_is_held_for_inputs_and_open_for_the_card():
    depth, seen = [0], []

    class Counted(Guard):
        def __enter__(self):
            depth[0] += 1

        def __exit__(self, *fault):
            depth[0] -= 1

        def let_go(self):
            depth[0] -= 1
            return 0

        def take_again(self, held):
            depth[0] += 1

    def answer(command):
        seen.append(depth[0])
        return b"\x90\x00"

    host = Host(card=FakeCard(answer=answer))
    host.reader.guard = Counted()
    host.ask(PC_to_RDR_IccPowerOn())
    host.ask(PC_to_RDR_XfrBlock(abData=b"\0\0\0\0"))
    assert (seen, depth) == ([0], [0])


def test_no_movement_of_eight_slots_is_lost():
    reader = CcidReader(replace(PLAIN, descriptor=replace(PLAIN.descriptor, bMaxSlotIndex=7)))
    dice = Random(8)
    moved, told = [0] * 8, [0] * 8
    for _ in range(1000):
        slot = dice.randrange(8)
        if reader.slots[slot].card is None:
            reader.insert(FakeCard(), slot)
        else:
            reader.eject(slot)
        moved[slot] += 1
    for raw in reader.interrupt_in:
        change = RDR_to_PC_NotifySlotChange.parse(raw)
        for slot in range(8):
            told[slot] += change.changed(slot)
    assert told == moved
    assert [change.present(n) for n in range(8)] == [s.card is not None for s in reader.slots]


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_ten_thousand_messages_without_sense_are_answered(model):
    reader, dice = CcidReader(model), Random(model.name)
    for number in range(10_000):
        if number % 50 == 0 and reader.slots[0].card is None:
            reader.insert(FakeCard(dice.choice([ATR_T0, ATR_T1])))
        elif number % 97 == 0 and reader.slots[0].card is not None and not reader.slots[0].locked:
            reader.eject()
        data = dice.randbytes(dice.choice([0, 1, 3, 5, 7, 8, 20, 40]))
        kind = dice.choice([0x62, 0x6F, 0x6F, 0x69, 0x61, *BULK, dice.randrange(256)])
        length = len(data) if dice.random() < 0.9 else dice.randrange(300)
        seq = number & 0xFF
        special = dice.choice([b"\0\0\0", b"\1\0\0", dice.randbytes(3)])
        head = HEADER.pack(kind, length, dice.choice([0, 0, 0, 1, 9]), seq)
        reader.bulk_in.clear()
        reader.handle(head + special + data, float(number))
        reader.tick(number + 0.5)
        if not any(answer and answer[6] == seq for answer in reader.bulk_in):
            reader.tick(number + 3600.0)  # an entry or an abort that is never completed
        answers = [parse_bulk(answer) for answer in reader.bulk_in if answer]
        assert [a.bSeq for a in answers if a.command_status != CommandStatus.TIME_EXTENSION] == [
            seq
        ]


@given(
    st.sampled_from(list(MODELS.values())),
    st.lists(
        st.tuples(
            st.sampled_from([*BULK, 0x00]), st.integers(0, 2), st.binary(max_size=40), st.booleans()
        ),
        max_size=12,
    ),
)
def test_any_messages_are_answered(model, messages):
    reader = CcidReader(model)
    reader.insert(FakeCard())
    for seq, (kind, slot, tail, right) in enumerate(messages):
        length = max(0, len(tail) - 3) if right else 77
        reader.handle(bytes((kind, length, 0, 0, 0, slot, seq)) + tail, 0.0)
        reader.tick(3600.0)
        answers = [parse_bulk(answer) for answer in reader.bulk_in if answer]
        reader.bulk_in.clear()
        assert [answer.bSeq for answer in answers if answer.bStatus >> 6 != 2] == [seq]
        expected = RULES[kind].answer if kind in RULES else MessageType.RDR_to_PC_SlotStatus
        assert answers[-1].bMessageType == expected


@given(st.binary(max_size=30))
def test_any_bytes_are_answered(message):
    reader = CcidReader(PLAIN)
    reader.handle(message, 0.0)
    assert len(reader.bulk_in) == 1
    parse_bulk(reader.bulk_in[0])


# The supply is lost


def busy_card():
    return FakeCard(answer=lambda _: Busy(5.0, lambda: b"\x90\0"))


def test_a_reader_that_lost_its_supply_has_inactive_cards():
    card = FakeCard()
    host = Host(card=card)
    host.ask(PC_to_RDR_IccPowerOn())
    told = []
    host.reader.tap = told.append
    host.reader.reset()
    assert not card.powered
    assert told == [PoweredDown(0)]
    host.reader.tap = None
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 1
    assert host.ask(PC_to_RDR_XfrBlock(abData=bytes(4))).bStatus == 0x41
    assert host.ask(PC_to_RDR_IccPowerOn()).abData == card.atr


def test_a_command_ends_with_the_supply_and_is_never_answered():
    host = Host(card=busy_card())
    host.ask(PC_to_RDR_IccPowerOn())
    host.send(PC_to_RDR_XfrBlock(abData=bytes(4)))
    host.reader.reset()
    assert host.reader.deadline is None
    host.tick(10.0)
    assert host.answers() == []
    assert host.ask(PC_to_RDR_IccPowerOn()).bError == 0


def test_what_the_host_has_not_fetched_is_lost_with_the_supply():
    host = Host(TWO_SLOT)
    host.reader.insert(FakeCard())
    host.send(PC_to_RDR_GetSlotStatus())
    host.reader.reset()
    assert not host.reader.bulk_in
    assert not host.reader.interrupt_in
    assert [host.ask(PC_to_RDR_GetSlotStatus(bSlot=n)).bStatus & 3 for n in (0, 1)] == [1, 2]


def test_a_pin_entry_ends_with_the_supply():
    host = pinpad_host(PINPAD_DISPLAY)
    host.send(secure(VERIFY))
    pad = host.reader.pinpad
    assert pad.waiting
    host.reader.reset()
    assert not pad.waiting
    assert pad.display == ("", "")
    assert not pad.press("1")
    assert host.ask(PC_to_RDR_GetSlotStatus()).bStatus == 1
    host.ask(PC_to_RDR_IccPowerOn())
    host.send(secure(VERIFY))
    pad.press("1234", OK)
    assert host.answer().abData == b"\x90\0"


@pytest.mark.parametrize("half", ["control", "message"])
def test_half_an_abort_is_forgotten_with_the_supply(half):
    host = Host(card=FakeCard())
    if half == "control":
        host.reader.abort(0, 9)
    else:
        host.send(PC_to_RDR_Abort(bSeq=9))
    host.reader.reset()
    assert host.reader.deadline is None
    assert host.ask(PC_to_RDR_IccPowerOn()).bError == 0


def test_a_card_that_computes_keeps_its_slot_busy_until_its_code_returns():
    host = Host(card=FakeCard())
    host.ask(PC_to_RDR_IccPowerOn())
    answers = []

    def lose(_command):
        host.reader.reset()
        answers.append(host.ask(PC_to_RDR_IccPowerOn()).bError)
        return b"\x90\0"

    host.reader.slots[0].card.answer = lose
    host.send(PC_to_RDR_XfrBlock(abData=bytes(4)))
    assert answers == [Error.CMD_SLOT_BUSY]
    assert host.answers() == []
    assert host.ask(PC_to_RDR_IccPowerOn()).bError == 0


def test_rates_and_a_motors_lock_are_as_at_first_after_the_supply_was_lost():
    host = Host(card=FakeCard())
    slot = host.reader.slots[0]
    slot.clock, slot.rate, slot.locked, slot.clock_stopped = 1, 2, True, True
    host.reader.reset()
    assert (slot.clock, slot.rate) == (4000, 10752)
    assert not slot.clock_stopped
    host.reader.eject()


@pytest.mark.parametrize("busy", [0, 1])
def test_a_reader_of_several_slots_serves_one_at_least(busy):
    descriptor = replace(TWO_SLOT.descriptor, bMaxCCIDBusySlots=busy)
    host = Host(replace(TWO_SLOT, descriptor=descriptor), busy_card())
    assert host.ask(PC_to_RDR_IccPowerOn()).bError == 0
    host.reader.insert(FakeCard(), 1)
    host.send(PC_to_RDR_XfrBlock(abData=bytes(4)))
    assert host.ask(PC_to_RDR_IccPowerOn(bSlot=1)).bError == Error.CMD_SLOT_BUSY


def test_more_is_taken_and_given_than_a_descriptor_claims():
    descriptor = replace(at_level(PLAIN, ExchangeLevel.SHORT_APDU).descriptor)
    descriptor = replace(descriptor, dwMaxCCIDMessageLength=250)
    card = FakeCard(answer=lambda _: bytes(256) + b"\x90\0")
    host = Host(replace(PLAIN, descriptor=descriptor), card)
    host.ask(PC_to_RDR_IccPowerOn())
    command = bytes(4) + b"\xff" + bytes(255) + b"\0"
    assert len(host.ask(PC_to_RDR_XfrBlock(abData=command)).abData) == 258
    assert host.ask(PC_to_RDR_XfrBlock(abData=command + b"\0")).bError == Error.BAD_LENGTH


def test_an_applet_goes_in_on_a_card_of_its_own() -> None:
    reader = CcidReader(PLAIN)
    hello = Hello()
    reader.insert(hello)
    card = reader.eject()
    assert isinstance(card, Card)
    assert card.applets == [hello]


@pytest.mark.parametrize(("thing", "text"), [(Hello, r"Hello\(\), is wanted"), (7, "a Contact is")])
def test_what_is_neither_card_nor_applet_is_refused(thing: object, text: str) -> None:
    with pytest.raises(TypeError, match=f"is neither a card nor an applet; .*{text}"):
        CcidReader(PLAIN).insert(thing)  # type: ignore[arg-type]


def test_movements_are_told_after_they_happened() -> None:
    reader = CcidReader(TWO_SLOT)
    moves: list[tuple[int, bool]] = []

    def moved(slot: int) -> None:
        moves.append((slot, reader.slots[slot].card is not None))

    reader.moved = moved
    reader.insert(Hello(), 1)
    reader.eject(1)
    assert moves == [(1, True), (1, False)]


SPOKEN = {
    "extended": PLAIN,
    "short": at_level(PINPAD, ExchangeLevel.SHORT_APDU),
    "tpdu": at_level(PINPAD, ExchangeLevel.TPDU),
    "character": at_level(PLAIN, ExchangeLevel.CHARACTER),
    "pinpad": PINPAD_DISPLAY,
    "two-slot": TWO_SLOT,
    "acr122u": MODELS["acr122u"],
    "gempc-pinpad": MODELS["gemalto-pinpad"],
    "ppdu": replace(PINPAD, quirks=PINPAD.quirks | Quirk.PPDU),
}


@pytest.mark.parametrize("name", SPOKEN)
def test_a_long_conversation_goes_as_it_always_went(name):
    golden.check(f"conversation-{name}", Conversation(SPOKEN[name], name).lines(250))
