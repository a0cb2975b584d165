from dataclasses import replace

import pytest

from ifd_bridge.driver.known_reader import FirmwareFeatures, KnownReader
from ifd_bridge.driver.pin_repairs import (
    appends_by_itself,
    modify_for,
    verify_for,
    wants_three_indexes,
)
from readers.ccid.part10 import PinModify, PinVerify
from readers.models import PINPAD

VERIFY = PinVerify(30, 0, 0x82, 8, 0, 8, 4, 2, 0xFF, 0x0409, 0, bytes(3), bytes(13))
MODIFY = PinModify(
    30, 0, 0x82, 8, 0, 0, 8, 8, 4, 3, 7, 0, 0x0409, 7, 8, 9, b"\xaa\xbb\xcc", bytes(21)
)
GEMPC, VEGA, ST2000, KC1000, XX44 = 0x08E63478, 0x09820008, 0x046A003E, 0x046A00A1, 0x046A0010
SPR532, DELL_READER, DELL_KEYBOARD, TWIN = 0x04E6E003, 0x413C2101, 0x413C2100, 0x08E63437


def reader(reader_id=0x12090002, firmware=None):
    model = replace(PINPAD, vendor_id=reader_id >> 16, product_id=reader_id & 0xFFFF)
    return replace(KnownReader.of(model), firmware=firmware)


def test_a_wrong_validation_condition_becomes_the_key():
    for given, sent in [(0, 2), (1, 1), (2, 2), (7, 7), (8, 2), (0xFF, 2)]:
        assert verify_for(reader(), replace(VERIFY, validation=given)).validation == sent
        assert modify_for(reader(), replace(MODIFY, validation=given))[10] == sent


def test_each_reader_gets_the_verify_that_it_can_take():
    cases = [
        (0x12090002, 0xFF, 2, (8, 4)),
        (GEMPC, 1, 2, (8, 4)),
        (VEGA, 1, 2, (8, 4)),
        (DELL_READER, 0, 2, (8, 4)),
        (DELL_KEYBOARD, 0, 2, (4, 8)),
    ]
    for reader_id, messages, validation, limits in cases:
        pin = verify_for(reader(reader_id), VERIFY)
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
        raw = modify_for(reader(reader_id), MODIFY)
        assert (raw[11], raw[10]) == (messages, validation)
        end = 14 + len(indexes) // 2
        assert raw[14:end].hex() == indexes
        assert raw[end : end + 3] == b"\xaa\xbb\xcc"
        assert len(raw) == end + 3 + 21


def test_what_the_firmware_says_goes_before_what_is_known_of_the_vendor():
    told = FirmwareFeatures(0x02, three_indexes_fixed=True, min_digits=4, max_digits=8)
    assert verify_for(reader(TWIN, told), replace(VERIFY, validation=7)).validation == 2
    assert modify_for(reader(TWIN, told), MODIFY)[10] == 2
    assert not wants_three_indexes(reader(TWIN, told))
    assert wants_three_indexes(reader(TWIN, replace(told, three_indexes_fixed=False)))
    assert wants_three_indexes(reader(VEGA, told))
    assert not wants_three_indexes(reader())


@pytest.mark.parametrize("messages", [4, 5, 0xFE])
def test_more_than_three_messages_are_refused(messages):
    with pytest.raises(ValueError, match="offset 11: bNumberMessage"):
        modify_for(reader(), replace(MODIFY, number_message=messages))


def test_one_reader_must_be_told_to_append_the_pin():
    bare = replace(VERIFY, pin_block_string=0, apdu=bytes(4))
    assert appends_by_itself(reader(SPR532), bare, bytes(bare))
    assert not appends_by_itself(reader(), bare, bytes(bare))
    assert not appends_by_itself(reader(SPR532), VERIFY, bytes(VERIFY))
    longer = replace(bare, apdu=bytes(5))
    assert not appends_by_itself(reader(SPR532), longer, bytes(longer))
