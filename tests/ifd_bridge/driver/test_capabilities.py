from dataclasses import replace

import pytest

from ifd_bridge.driver import capabilities
from ifd_bridge.driver.capabilities import DEVICE_REMOVED
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.ifdh.api import Answer, Attribute, Code, Tag
from readers.models import PLAIN, TWO_SLOT


class Slot:
    def __init__(self, model=PLAIN, presence=Code.ICC_PRESENT, atr=b"\x3b\x00"):
        self.reader = KnownReader.of(model)
        self.presence = presence
        self.atr = atr

    def icc_presence(self):
        return self.presence


def test_each_capability_has_its_value():
    cases = [
        (Tag.ATR, b"\x3b\x00"),
        (Attribute.ATR_STRING, b"\x3b\x00"),
        (Tag.SLOTS_NUMBER, b"\x01"),
        (Tag.SLOT_THREAD_SAFE, b"\x01"),
        (Tag.THREAD_SAFE, b"\x01"),
        (Tag.SIMULTANEOUS_ACCESS, b"\xff"),
        (DEVICE_REMOVED, b"\x01"),
        (Attribute.ICC_PRESENCE, b"\x02"),
        (Attribute.ICC_INTERFACE_STATUS, b"\x01"),
        (Attribute.VENDOR_NAME, b"vcard\0"),
        (Attribute.VENDOR_IFD_VERSION, b"\x00\x00\x00\x01"),
        (Attribute.VENDOR_IFD_SERIAL_NO, b""),
        (Attribute.MAXINPUT, (65544).to_bytes(4, "little")),
        (Attribute.CHANNEL_ID, b"\x01\x01\x20\x00"),
    ]
    for tag, value in cases:
        assert capabilities.get(Slot(), tag) == Answer(Code.SUCCESS, value)


def test_an_unknown_tag_is_left_to_pcscd():
    for tag in [0, Attribute.VENDOR_IFD_TYPE, 0x7FFF0003, 0x7FFF0004, 0x0FB1, 0xFFFFFFFF]:
        assert capabilities.get(Slot(), tag) == Answer(Code.ERROR_TAG)


def test_a_reader_has_the_channel_of_its_device():
    slot = Slot()
    slot.reader = KnownReader.of(PLAIN, address=7)
    assert capabilities.get(slot, Attribute.CHANNEL_ID).data == b"\x07\x01\x20\x00"


@pytest.mark.parametrize("presence", [Code.ICC_NOT_PRESENT, Code.COMMUNICATION_ERROR])
def test_without_a_card_there_is_neither_presence_nor_contact(presence):
    slot = Slot(presence=presence, atr=b"")
    assert capabilities.get(slot, Attribute.ICC_PRESENCE).data == b"\x00"
    assert capabilities.get(slot, Attribute.ICC_INTERFACE_STATUS).data == b"\x00"
    assert capabilities.get(slot, Attribute.ATR_STRING) == Answer(Code.SUCCESS, b"")


def test_slots_are_used_at_once_if_all_may_be_busy():
    descriptor = TWO_SLOT.descriptor
    one_at_a_time = replace(TWO_SLOT, descriptor=replace(descriptor, bMaxCCIDBusySlots=1))
    assert capabilities.get(Slot(TWO_SLOT), Tag.SLOTS_NUMBER).data == b"\x02"
    assert capabilities.get(Slot(TWO_SLOT), Tag.SLOT_THREAD_SAFE).data == b"\x01"
    assert capabilities.get(Slot(one_at_a_time), Tag.SLOT_THREAD_SAFE).data == b"\x00"


def test_the_serial_number_is_told_if_there_is_one():
    slot = Slot(replace(PLAIN, serial_number="0042"))
    assert capabilities.get(slot, Attribute.VENDOR_IFD_SERIAL_NO).data == b"0042\0"
