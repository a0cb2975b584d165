from dataclasses import replace

import pytest

from readers import BACKSPACE, CANCEL, OK
from readers.ccid.codes import CommandStatus, Error
from readers.ccid.message import PC_to_RDR_GetSlotStatus, PC_to_RDR_Secure
from readers.ccid.pin_request import PinModification, PinVerification
from readers.models import PINPAD, PLAIN, TWO_SLOT, PinpadModel
from readers.models.model import Quirk
from tests.kits.reader_host import FakeCard, Host, pinpad_host
from vcard import Busy

TEMPLATE = bytes.fromhex("0020008008") + b"\xff" * 8
VERIFY = PinVerification(abPINApdu=TEMPLATE)
MODIFY = PinModification(abPINApdu=bytes.fromhex("0024008010") + b"\xff" * 16)


def message(request, seq=7, slot=0):
    return PC_to_RDR_Secure(slot, seq, abData=bytes((request.operation,)) + bytes(request))


def ask(host, request, *keys):
    """Ask for a PIN and have the keys typed."""
    host.reader.pinpad.queue(*keys)
    return host.ask(message(request))


def test_a_pin_goes_from_the_keys_to_the_card_past_the_host():
    card = FakeCard(answer=lambda _: b"\x90\x00")
    host = pinpad_host(PINPAD, card)
    host.send(message(VERIFY))
    assert host.answers() == []
    assert host.reader.pinpad.waiting
    assert host.reader.pinpad.press("1", "2", "3", "4", OK)
    answer = host.answer()
    assert (answer.bStatus, answer.bSeq, answer.abData) == (0, 7, b"\x90\x00")
    assert card.commands == [TEMPLATE[:5] + b"1234\xff\xff\xff\xff"]
    assert not host.reader.pinpad.waiting


def test_a_change_takes_three_pins():
    card = FakeCard(answer=lambda _: b"\x90\x00")
    host = pinpad_host(PINPAD, card)
    answer = ask(host, MODIFY, "1234", OK, "567890", OK, "567890", OK)
    assert answer.abData == b"\x90\x00"
    assert card.commands == [MODIFY.abPINApdu[:5] + b"1234\xff\xff\xff\xff567890\xff\xff"]


def test_the_reader_refuses_pins_by_itself():
    cases = [
        (MODIFY, ("1234", OK, "5678", OK, "5679", OK), "6402"),
        (VERIFY, ("123", OK), "6403"),
        (replace(MODIFY, bConfirmPIN=0), ("123", OK), "6403"),
        (replace(VERIFY, bmPINBlockString=4), ("12345", OK), "6403"),
    ]
    for request_, keys, data in cases:
        card = FakeCard()
        answer = ask(pinpad_host(PINPAD, card), request_, *keys)
        assert (answer.bStatus, answer.abData) == (0, bytes.fromhex(data))
        assert card.commands == []


def test_cancel_and_time_out_are_failures():
    host = pinpad_host(PINPAD)
    answer = ask(host, VERIFY, "12", CANCEL)
    assert (answer.bStatus, answer.bError, answer.abData) == (0x40, Error.PIN_CANCELLED, b"")
    host.send(message(VERIFY))
    for now in range(1, 30):
        host.tick(float(now))
        assert host.answer().command_status == CommandStatus.TIME_EXTENSION
    host.tick(30.0)
    answer = host.answer()
    assert (answer.bStatus, answer.bError) == (0x40, Error.PIN_TIMEOUT)


def test_the_host_names_the_time_or_leaves_it_to_the_reader():
    host = pinpad_host(replace(PINPAD, pinpad=PinpadModel(timeout_s=5)))
    for request, end in ((VERIFY, 5.0), (replace(VERIFY, bTimeOut=9), 9.0)):
        host.now = 0.0
        host.send(message(request))
        host.tick(end - 0.1)
        assert host.reader.pinpad.waiting
        host.tick(end)
        assert not host.reader.pinpad.waiting
        assert host.answers()[-1].bError == Error.PIN_TIMEOUT


def test_what_was_typed_counts_when_time_is_a_condition():
    host = pinpad_host(PINPAD)
    host.send(message(replace(VERIFY, bEntryValidationCondition=4)))
    host.reader.pinpad.press("1234")
    host.tick(30.0)
    assert host.answers()[-1].abData == b"\x90\x00"


def test_the_reader_is_asked_again_at_each_deadline():
    host = pinpad_host(PINPAD)
    host.send(message(replace(VERIFY, bTimeOut=1)))
    assert host.reader.deadline == 1.0


def test_a_card_taken_out_ends_an_entry():
    host = pinpad_host(PINPAD)
    host.send(message(VERIFY))
    host.reader.eject()
    answer = host.answer()
    assert (answer.bStatus, answer.bError) == (0x42, Error.ICC_MUTE)
    assert not host.reader.pinpad.waiting
    assert not host.reader.pinpad.press("1")


def test_the_slot_is_busy_while_somebody_types():
    host = pinpad_host(PINPAD)
    host.send(message(VERIFY))
    assert host.ask(PC_to_RDR_GetSlotStatus()).bError == Error.CMD_SLOT_BUSY


def test_the_host_can_cancel_an_entry():
    host = pinpad_host(PINPAD)
    host.send(message(VERIFY, seq=7))
    host.send(PC_to_RDR_Secure(0, 8, abData=b"\x04"))
    first, second = host.answers()
    assert (first.bSeq, first.bError) == (7, Error.PIN_CANCELLED)
    assert (second.bSeq, second.bStatus, second.abData) == (8, 0, b"")
    assert host.ask(PC_to_RDR_Secure(abData=b"\x04")).bError == 0x0A


def test_a_card_that_works_cannot_be_cancelled_as_an_entry():
    host = pinpad_host(PINPAD, FakeCard(answer=lambda _: Busy(2.0, lambda: b"\x90\x00")))
    host.reader.pinpad.queue("1234", OK)
    host.send(message(VERIFY))
    answer = host.ask(PC_to_RDR_Secure(0, 8, abData=b"\x04"))
    assert (answer.bSeq, answer.bError) == (8, Error.CMD_SLOT_BUSY)
    host.tick(2.0)
    assert host.answer().abData == b"\x90\x00"


def test_one_keypad_serves_one_slot_at_a_time():
    descriptor = replace(TWO_SLOT.descriptor, bPINSupport=3)
    host = pinpad_host(replace(TWO_SLOT, descriptor=descriptor))
    host.reader.insert(FakeCard(), slot=1)
    host.ask(b"\x62\0\0\0\0\x01\0\0\0\0")
    host.send(message(VERIFY))
    assert host.ask(message(VERIFY, slot=1)).bError == Error.CMD_SLOT_BUSY


def test_a_mute_card_is_mute_for_a_pin_too():
    host = pinpad_host(PINPAD, FakeCard(answer=lambda _: None))
    assert ask(host, VERIFY, "1234", OK).bError == Error.ICC_MUTE


def test_an_operation_that_is_none_is_refused():
    cases = [
        (b"", Error.BAD_LENGTH),
        (b"\x00", Error.BAD_LENGTH),
        (b"\x01" + bytes(10), Error.BAD_LENGTH),
        (b"\x02", 0x0A),
        (b"\x03", 0x0A),
        (b"\x05", 0x0A),
        (b"\x06", 0x0A),
        (b"\x07", 0x0A),
        (b"\x10", 0x0A),
    ]
    for data, error in cases:
        answer = pinpad_host(PINPAD).ask(PC_to_RDR_Secure(abData=data))
        assert (answer.bStatus, answer.bError) == (0x40, error)


FIELDS = [
    (replace(VERIFY, bmFormatString=0x83), 12),
    (replace(VERIFY, wPINMaxExtraDigit=0x0804), 15),
    (replace(VERIFY, wPINMaxExtraDigit=0x0000), 15),
    (replace(VERIFY, bEntryValidationCondition=0), 17),
    (replace(VERIFY, bEntryValidationCondition=8), 17),
    (replace(VERIFY, bNumberMessage=2), 18),
    (replace(VERIFY, abPINApdu=b"\0"), 25),
    (replace(MODIFY, bmFormatString=0x87), 12),
    (replace(MODIFY, wPINMaxExtraDigit=0x0804), 17),
    (replace(MODIFY, bConfirmPIN=4), 19),
    (replace(MODIFY, bEntryValidationCondition=0), 20),
    (replace(MODIFY, bNumberMessage=2), 21),
]


def test_a_wrong_field_is_named_by_its_offset():
    for request_, offset in FIELDS:
        limits = PinpadModel(verify_messages=frozenset({1}), modify_messages=frozenset({3}))
        answer = pinpad_host(replace(PINPAD, pinpad=limits)).ask(message(request_))
        assert (answer.bStatus, answer.bError) == (0x40, offset)


def test_a_reader_without_a_keypad_does_not_know_the_command():
    assert pinpad_host(PLAIN).ask(message(VERIFY)).bError == Error.CMD_NOT_SUPPORTED


@pytest.mark.parametrize(("support", "request_"), [(1, MODIFY), (2, VERIFY)])
def test_a_reader_may_know_only_one_of_the_operations(support, request_):
    model = replace(PINPAD, descriptor=replace(PINPAD.descriptor, bPINSupport=support))
    assert pinpad_host(model).ask(message(request_)).bError == 0x0A


def test_a_pin_entry_does_not_come_in_pieces():
    answer = pinpad_host(PINPAD).ask(PC_to_RDR_Secure(wLevelParameter=1, abData=b"\0"))
    assert answer.bError == Error.BAD_LEVEL


def test_an_empty_slot_and_a_card_without_power_are_mute():
    assert Host(PINPAD).ask(message(VERIFY)).bStatus == 0x42
    assert Host(PINPAD, FakeCard()).ask(message(VERIFY)).bStatus == 0x41


def test_a_strict_reader_refuses_what_does_not_add_up_before_anyone_types():
    host = pinpad_host(replace(PINPAD, quirks=Quirk.STRICT_PIN_BLOCK))
    assert host.ask(message(replace(VERIFY, bmPINBlockString=0))).abData == b"\x6b\x80"
    assert ask(host, VERIFY, "1234", OK).abData == b"\x90\x00"


def test_some_readers_wait_on_for_digits():
    host = pinpad_host(replace(PINPAD, quirks=Quirk.BEEPS_ON_SHORT_PIN))
    assert ask(host, VERIFY, "123", OK, "4", OK).abData == b"\x90\x00"


def test_some_readers_read_three_indexes_always():
    host = pinpad_host(replace(PINPAD, quirks=Quirk.THREE_INDEXES))
    request = replace(MODIFY, bNumberMessage=0)
    raw = bytes(replace(request, abMsgIndex=b"\0\0\0"))
    host.reader.pinpad.queue("1234", OK, "5678", OK, "5678", OK)
    assert host.ask(PC_to_RDR_Secure(abData=b"\x01" + raw)).abData == b"\x90\x00"


def test_some_readers_read_the_limits_with_their_bytes_swapped():
    host = pinpad_host(replace(PINPAD, quirks=Quirk.SWAPPED_LIMITS))
    assert VERIFY.wPINMaxExtraDigit == 0x0408
    swapped = replace(VERIFY, wPINMaxExtraDigit=0x0804)
    assert ask(host, swapped, "123", OK).abData == b"\x64\x03"
    assert ask(host, swapped, "1234", OK).abData == b"\x90\x00"
    assert ask(host, VERIFY, "1234", OK).abData != b"\x90\x00"


def test_the_limits_of_reader_and_host_both_count():
    host = pinpad_host(replace(PINPAD, pinpad=PinpadModel(min_digits=5, max_digits=6)))
    assert ask(host, VERIFY, "1234", OK).abData == b"\x64\x03"
    assert ask(host, VERIFY, "12345678", BACKSPACE, "9", OK).abData == b"\x90\x00"
    assert host.reader.slots[0].card.commands == [TEMPLATE[:5] + b"123459\xff\xff"]


# Templates as real programs send them: bmFormatString, bmPINBlockString, bmPINLengthFormat,
# wPINMaxExtraDigit, bNumberMessage, wLangId, command -> the command with PIN 123456.
PROGRAMS = [
    (0x82, 8, 0, 0x0408, 0xFF, 0, "0020008008FFFFFFFFFFFFFFFF", "0020008008313233343536FFFF"),
    (0x82, 0, 0, 0x0610, 0xFF, 0, "0020008200", "0020008206313233343536"),
    (0x82, 0, 0, 0x0410, 0xFF, 0, "0020000110" + "00" * 16, "0020000110313233343536" + "00" * 10),
    (0x82, 0, 0, 0x0410, 1, 0x0409, "0020008200", "0020008206313233343536"),
    (0x82, 4, 0, 0x0408, 1, 0x0904, "00200000083030303000000000", None),
]


def test_programs_get_the_command_that_they_mean():
    for fmt, block, length, digits, nmsg, lang, apdu, sent in PROGRAMS:
        request = PinVerification(
            0, fmt, block, length, digits, 2, nmsg, lang, abPINApdu=bytes.fromhex(apdu)
        )
        host = pinpad_host(PINPAD)
        answer = ask(host, request, "123456", OK)
        commands = [command.hex().upper() for command in host.reader.slots[0].card.commands]
        assert commands == ([] if sent is None else [sent])
        assert answer.abData == (b"\x64\x03" if sent is None else b"\x90\x00")
