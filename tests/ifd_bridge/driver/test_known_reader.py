from dataclasses import replace

import pytest

from ifd_bridge.driver.known_reader import (
    FirmwareFeatures,
    KnownReader,
    PinLimits,
    firmware_refusal,
)
from ifd_bridge.driver.repairs import LOWEST_FIRMWARE
from readers.ccid.descriptor import Descriptor, ExchangeLevel, Features
from readers.models import PINPAD, PINPAD_DISPLAY, PLAIN, at_level

FEATURES = bytes.fromhex("02100002600000000400000001040C000000000000")


def known_as(reader_id, model=PINPAD, **fields):
    return KnownReader.of(
        replace(model, vendor_id=reader_id >> 16, product_id=reader_id & 0xFFFF, **fields)
    )


def test_a_profile_says_what_the_descriptor_says():
    reader = KnownReader.of(PINPAD_DISPLAY)
    assert reader.level is ExchangeLevel.EXTENDED_APDU
    assert (reader.pin_support, reader.lcd_layout) == (3, 0x0210)
    assert reader.max_message == 65554
    assert reader.model.usb_id == 0x12090003
    assert reader.has(Features.AUTO_VOLTAGE)
    assert reader.has(Features.AUTO_VOLTAGE | Features.ICCD_TOKEN)
    assert not reader.has(Features.ICCD_TOKEN)


def test_a_keypad_that_is_not_there_is_not_believed():
    reader = known_as(0x076B3031, at_level(PINPAD, ExchangeLevel.SHORT_APDU))
    assert (reader.pin_support, reader.level) == (0, ExchangeLevel.EXTENDED_APDU)


def test_known_readers_are_used_at_the_level_at_which_they_work():
    cases = [
        (0x0D463010, 0x100, ExchangeLevel.EXTENDED_APDU, ExchangeLevel.SHORT_APDU),
        (0x046A00A1, 0x100, ExchangeLevel.SHORT_APDU, ExchangeLevel.EXTENDED_APDU),
        (0x046A00A1, 0x101, ExchangeLevel.SHORT_APDU, ExchangeLevel.SHORT_APDU),
        (0x046A00A1, 0x100, ExchangeLevel.TPDU, ExchangeLevel.TPDU),
    ]
    for reader_id, release, level, used in cases:
        assert known_as(reader_id, at_level(PLAIN, level), bcd_device=release).level is used


def test_firmware_features_have_21_bytes():
    assert FirmwareFeatures.parse(FEATURES) == FirmwareFeatures(2, True, 4, 12)
    with pytest.raises(ValueError, match="offset 20: firmware features have 21 bytes"):
        FirmwareFeatures.parse(FEATURES[:20])


def test_pin_limits_are_known_by_model():
    cases = [
        (0x12090002, 0x100, [PinLimits(0, 16, 7)], 7),
        (0x08E63478, 0x100, [PinLimits(4, 8, 2)], 2),
        (0x08E63478, 0x200, [], 2),
        (0x09820008, 0x200, [PinLimits(4, 8, 2)], 2),
        (0x046A003E, 0x100, [PinLimits(0, 25, 2)], 2),
        (0x046A00A1, 0x100, [PinLimits(0, 32)], 7),
        (0x076B3821, 0x100, [PinLimits(1, 31)], 7),
        (0x04E6E003, 0x510, [], 7),
    ]
    for reader_id, release, limits, validation in cases:
        reader = known_as(reader_id, bcd_device=release)
        assert reader.pin_limits == limits
        assert reader.validation == validation


def test_the_limits_of_our_own_readers_are_free():
    pad = replace(PINPAD.pinpad, min_digits=6, max_digits=10, conditions=3)
    reader = KnownReader.of(replace(PINPAD, pinpad=pad))
    assert (reader.pin_limits, reader.validation) == ([PinLimits(6, 10, 3)], 3)
    assert KnownReader.of(replace(PLAIN, descriptor=Descriptor())).pin_limits == []


def test_what_the_firmware_tells_is_told():
    reader = replace(known_as(0x08E63437), firmware=FirmwareFeatures.parse(FEATURES))
    assert (reader.pin_limits, reader.validation) == ([PinLimits(4, 12, 2)], 2)


def test_firmware_is_refused_below_its_first_good_release():
    for reader_id, lowest in LOWEST_FIRMWARE.items():
        assert firmware_refusal(reader_id, lowest) is None
        assert firmware_refusal(reader_id, lowest - 1) is not None
    assert firmware_refusal(0x12090001, 0) is None
