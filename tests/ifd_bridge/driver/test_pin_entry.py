from dataclasses import replace

import pytest

from ifd_bridge.driver.apdu_levels import Level
from ifd_bridge.driver.known_reader import FirmwareFeatures, KnownReader
from ifd_bridge.driver.link import Reply
from ifd_bridge.driver.part10 import Feature
from ifd_bridge.driver.pin_entry import (
    appends_by_itself,
    modify_for,
    verify_for,
    wants_three_indexes,
)
from ifd_bridge.ifdh.api import Answer, Code
from readers.ccid.part10 import PinModify, PinVerify
from readers.models import PINPAD
from tests.kits.bridge.fakes import FAILED, answer, features

OK = answer(0x80, b"\x90\x00")
VERIFY = bytes.fromhex("1E1E820000080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF")
MODIFY = bytes.fromhex("1E1E82000000080804030203090400010200000015000000 0024008010" + "FF" * 16)
A_VERIFY = PinVerify(30, 0, 0x82, 8, 0, 8, 4, 2, 0xFF, 0x0409, 0, bytes(3), bytes(13))
A_MODIFY = PinModify(
    30, 0, 0x82, 8, 0, 0, 8, 8, 4, 3, 7, 0, 0x0409, 7, 8, 9, b"\xaa\xbb\xcc", bytes(21)
)
GEMPC, VEGA, ST2000, KC1000, XX44 = 0x08E63478, 0x09820008, 0x046A003E, 0x046A00A1, 0x046A0010
SPR532, DELL_READER, DELL_KEYBOARD, TWIN = 0x04E6E003, 0x413C2101, 0x413C2100, 0x08E63437


def test_a_verification_goes_to_the_reader_as_the_genuine_driver_sends_it():
    slot, cable = features(OK)
    reply = slot.control(Feature.VERIFY_PIN_DIRECT.control_code, VERIFY)
    assert reply == Answer(Code.SUCCESS, b"\x90\x00")
    assert cable.sent[0].hex() == (
        "691c0000000000000000" + "001e820000080402010904000000000020008008" + "ff" * 8
    )
    assert cable.timeouts == [90.0]


def test_a_modification_goes_to_the_reader_as_the_genuine_driver_sends_it():
    slot, cable = features(OK)
    reply = slot.control(Feature.MODIFY_PIN_DIRECT.control_code, b"\xff" + MODIFY[1:])
    assert reply == Answer(Code.SUCCESS, b"\x90\x00")
    assert cable.sent[0].hex() == (
        "69290000000000000000" + "01ff8200000008080403020309040001020000000024008010" + "ff" * 16
    )
    assert cable.timeouts == [265.0]


def test_a_wrong_structure_is_refused_and_costs_a_sequence_number():
    cases = [
        (Feature.VERIFY_PIN_DIRECT, VERIFY[:22]),
        (Feature.VERIFY_PIN_DIRECT, b""),
        (Feature.VERIFY_PIN_DIRECT, VERIFY + b"\0"),
        (Feature.MODIFY_PIN_DIRECT, MODIFY[:27]),
        (Feature.MODIFY_PIN_DIRECT, MODIFY[:-1]),
        (Feature.MODIFY_PIN_DIRECT, MODIFY[:11] + b"\x04" + MODIFY[12:]),
    ]
    for feature, data in cases:
        slot, cable = features(OK)
        assert slot.control(feature.control_code, data) == Answer(Code.NOT_SUPPORTED)
        assert cable.sent == []
        slot.control(Feature.VERIFY_PIN_DIRECT.control_code, VERIFY)
        assert cable.sent[0][6] == 1


def test_what_the_reader_says_of_an_entry_is_the_answer():
    cases = [
        (answer(status=0x40, error=0xF0), Answer(Code.SUCCESS, b"\x64\x00")),
        (answer(status=0x40, error=0xEF), Answer(Code.SUCCESS, b"\x64\x01")),
        (answer(data=b"\x64\x02"), Answer(Code.SUCCESS, b"\x64\x02")),
        (answer(status=0x40, error=0x00), Answer(Code.COMMUNICATION_ERROR)),
        (answer(status=0x42, error=0xFE), Answer(Code.ICC_NOT_PRESENT)),
        (None, Answer(Code.COMMUNICATION_ERROR)),
    ]
    for raw, expected in cases:
        slot, _ = features(raw)
        assert slot.control(Feature.VERIFY_PIN_DIRECT.control_code, VERIFY) == expected


class Wrapping(Level):
    """A level whose APDUs travel in blocks."""

    def before_pin(self, apdu):
        return bytes((0, 0x40, len(apdu)))

    def after_pin(self, reply):
        return Reply(reply.code, reply.data[3:-1])

    def control(self, code, data):
        return Answer(Code.SUCCESS, data) if code == 0x42000000 + 3600 else None


def test_a_level_wraps_pin_commands_and_has_control_codes():
    block = answer(data=bytes.fromhex("004002 9000 d2"))
    slot, cable = features(block, block, level=Wrapping)
    for feature, data in (
        (Feature.VERIFY_PIN_DIRECT, VERIFY),
        (Feature.MODIFY_PIN_DIRECT, MODIFY),
    ):
        assert slot.control(feature.control_code, data).data == b"\x90\x00"
    assert cable.sent[0][22:25] == bytes((0, 0x40, 13))
    assert cable.sent[1][27:30] == bytes((0, 0x40, 21))
    assert slot.control(0x42000000 + 3600, b"hi").data == b"hi"


def test_one_keypad_is_told_first_to_append_the_pin():
    bare = VERIFY[:3] + b"\0" + VERIFY[4:15] + b"\4\0\0\0" + VERIFY[19:23]
    slot, cable = features(answer(0x83), OK, reader_id=0x04E6E003)
    assert slot.control(Feature.VERIFY_PIN_DIRECT.control_code, bare).data == b"\x90\x00"
    assert [message[0] for message in cable.sent] == [0x6B, 0x69]
    assert [message[6] for message in cable.sent] == [1, 2]
    assert cable.sent[0][10:].hex() == "800200"
    slot, cable = features(answer(0x83, status=FAILED), reader_id=0x04E6E003)
    refused = slot.control(Feature.VERIFY_PIN_DIRECT.control_code, bare)
    assert refused == Answer(Code.COMMUNICATION_ERROR)


# Escapes


# What readers need corrected


def reader(reader_id=0x12090002, firmware=None):
    model = replace(PINPAD, vendor_id=reader_id >> 16, product_id=reader_id & 0xFFFF)
    return replace(KnownReader.of(model), firmware=firmware)


def test_a_wrong_validation_condition_becomes_the_key():
    for given, sent in [(0, 2), (1, 1), (2, 2), (7, 7), (8, 2), (0xFF, 2)]:
        assert verify_for(reader(), replace(A_VERIFY, validation=given)).validation == sent
        assert modify_for(reader(), replace(A_MODIFY, validation=given))[10] == sent


def test_each_reader_gets_the_verify_that_it_can_take():
    cases = [
        (0x12090002, 0xFF, 2, (8, 4)),
        (GEMPC, 1, 2, (8, 4)),
        (VEGA, 1, 2, (8, 4)),
        (DELL_READER, 0, 2, (8, 4)),
        (DELL_KEYBOARD, 0, 2, (4, 8)),
    ]
    for reader_id, messages, validation, limits in cases:
        pin = verify_for(reader(reader_id), A_VERIFY)
        assert (pin.number_message, pin.validation) == (messages, validation)
        assert (pin.max_digits, pin.min_digits) == limits


def test_each_reader_gets_the_modify_that_it_can_take():
    cases = [
        (0x12090002, 0, 7, "07"),
        (GEMPC, 0, 2, "070809"),
        (TWIN, 0, 7, "070809"),
        (VEGA, 0, 2, "070809"),
        (SPR532, 0, 7, "000000"),
        (ST2000, 0, 7, "000000"),
        (XX44, 3, 7, "070809"),
        (KC1000, 0xFF, 7, "070809"),
    ]
    for reader_id, messages, validation, indexes in cases:
        raw = modify_for(reader(reader_id), A_MODIFY)
        assert (raw[11], raw[10]) == (messages, validation)
        end = 14 + len(indexes) // 2
        assert raw[14:end].hex() == indexes
        assert raw[end : end + 3] == b"\xaa\xbb\xcc"
        assert len(raw) == end + 3 + 21


def test_what_the_firmware_says_goes_before_what_is_known_of_the_vendor():
    told = FirmwareFeatures(0x02, three_indexes_fixed=True, min_digits=4, max_digits=8)
    assert verify_for(reader(TWIN, told), replace(A_VERIFY, validation=7)).validation == 2
    assert modify_for(reader(TWIN, told), A_MODIFY)[10] == 2
    assert not wants_three_indexes(reader(TWIN, told))
    assert wants_three_indexes(reader(TWIN, replace(told, three_indexes_fixed=False)))
    assert wants_three_indexes(reader(VEGA, told))
    assert not wants_three_indexes(reader())


@pytest.mark.parametrize("messages", [4, 5, 0xFE])
def test_more_than_three_messages_are_refused(messages):
    with pytest.raises(ValueError, match="offset 11: bNumberMessage"):
        modify_for(reader(), replace(A_MODIFY, number_message=messages))


def test_one_reader_must_be_told_to_append_the_pin():
    bare = replace(A_VERIFY, pin_block_string=0, apdu=bytes(4))
    assert appends_by_itself(reader(SPR532), bare, bytes(bare))
    assert not appends_by_itself(reader(), bare, bytes(bare))
    assert not appends_by_itself(reader(SPR532), A_VERIFY, bytes(A_VERIFY))
    longer = replace(bare, apdu=bytes(5))
    assert not appends_by_itself(reader(SPR532), longer, bytes(longer))
