from __future__ import annotations

import pytest

from readers.ccid.descriptor import Voltage
from readers.description import reader_list
from readers.description.fields import DescriptionError
from readers.models.model import BULK_IN, BULK_OUT, INTERRUPT_IN, STANDARD
from tests.kits.descriptions import OURS

TEXT = (OURS / "two-interfaces.txt").read_text()


def test_the_blocks_of_a_device_are_its_interfaces() -> None:
    (device,) = reader_list.parse(TEXT)
    assert (device.usb_id, device.bcd_device) == ("ffff:0006", 0x0110)
    assert (device.manufacturer, device.product) == ("vcard", "Two Interfaces")
    contact, contactless = device.interfaces
    assert (contact.number, contact.name, contact.endpoints) == (0, "Contact", STANDARD)
    assert (contactless.number, contactless.endpoints) == (1, (BULK_OUT, BULK_IN))
    assert contact.data_rates == (9600, 19200, 115200)
    assert contact.clock_frequencies == (4000, 4800)
    assert (contactless.data_rates, contactless.clock_frequencies) == (None, None)


def test_every_field_of_the_class_descriptor_is_read() -> None:
    said = reader_list.parse(TEXT)[0].interfaces[0].descriptor
    assert (said.bcdCCID, said.dwProtocols, said.dwFeatures) == (0x0110, 3, 0x404BE)
    assert (said.dwDefaultClock, said.dwMaximumClock) == (4000, 4800)
    assert (said.dwMaxCCIDMessageLength, said.bClassEnvelope) == (65554, 0xFF)
    assert said.bVoltageSupport == Voltage.V5 | Voltage.V3 | Voltage.V1_8


def test_lines_may_end_as_elsewhere_and_clocks_may_be_plain_numbers() -> None:
    text = TEXT.replace("4.000 MHz", "4000").replace("0x0000 0x0003", "0x03")
    assert reader_list.parse(text.replace("\n", "\r\n")) == reader_list.parse(TEXT)


def test_without_the_line_about_endpoints_their_number_counts() -> None:
    text = TEXT.replace("  bulk-IN, bulk-OUT and Interrupt-IN\n", "")
    for count, endpoints in ((0, ()), (1, (INTERRUPT_IN,)), (3, STANDARD)):
        changed = text.replace("bNumEndpoints: 3", f"bNumEndpoints: {count}")
        assert reader_list.parse(changed)[0].interfaces[0].endpoints == endpoints
    with pytest.raises(DescriptionError, match=r"bNumEndpoints is 0\.\.3, not 4"):
        reader_list.parse(text.replace("bNumEndpoints: 3", "bNumEndpoints: 4"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (" idVendor: 0xFFFF\n", "", "line 1: no idVendor"),
        (" idProduct: 0x0006\n", "", "line 1: the block has no idProduct"),
        ("  dwFeatures: 0x000404BE\n", "", "line 1: the class descriptor lacks dwFeatures"),
        ("0x000404BE", "0x1000404BE", "line 38: 0x1000404BE does not fit into 32 bits"),
        ("0x000404BE", "lots", "line 38: 'lots' is no number"),
        ("bMaxSlotIndex: 0x00", "bMaxSlotIndex: 0x100", "line 21: 0x100 does not fit"),
        ("0x0000 0x0003", "0x0000 0x10003", "line 23: 0x10003 does not fit into 16 bits"),
    ],
)
def test_what_is_wrong_names_its_line(old: str, new: str, says: str) -> None:
    with pytest.raises(DescriptionError, match=says):
        reader_list.parse(TEXT.split(" idVendor", 2)[1].join((" idVendor", "")).replace(old, new))


def test_values_are_bounded() -> None:
    many = "   Support 9600 bps\n" * 1100
    with pytest.raises(DescriptionError, match="more than 1024 values"):
        reader_list.parse(TEXT.replace("   Support 9600 bps\n", many))
