from __future__ import annotations

import pytest

from readers.ccid.descriptor import Descriptor
from readers.description import lsusb
from readers.description.fields import DescriptionError
from readers.models.model import Endpoint, TransferType

DESCRIPTOR = Descriptor(wLcdLayout=0x0210, bPINSupport=3, dwFeatures=0x00010230)
CCID = """      ChipCard Interface Descriptor:
        bLength                54
        bDescriptorType        33
        bcdCCID              1.10  (Warning: Only accurate for version 1.0)
        nMaxSlotIndex           0
        bVoltageSupport         7  5.0V 3.0V 1.8V
        dwProtocols             3  T=0 T=1
        dwDefaultClock       4000
        dwMaxiumumClock      4000
        bNumClockSupported      0
        dwDataRate          10752 bps
        dwMaxDataRate      344086 bps
        bNumDataRatesSupp.      0
        dwMaxIFSD             254
        dwSyncProtocols  00000000
        dwMechanical     00000000
        dwFeatures       00010230
          Auto clock change
          TPDU level exchange
        dwMaxCCIDMsgLen     65554
        bClassGetResponse    echo
        bClassEnvelope         FF
        wlcdLayout           16 cols 2 lines
        bPINSupport             3  verification modification
        bMaxCCIDBusySlots       1
"""
HEAD = """
Bus 001 Device 00{number}: ID {vendor}:{product} Somebody Something
Device Descriptor:
  bLength                18
  idVendor           0x{vendor} Somebody
  idProduct          0x{product} Something
  bcdDevice            2.01
  iManufacturer           1 Somebody
  iProduct                2 Some Reader
  iSerial                 3 12345
  Configuration Descriptor:
    bNumInterfaces          1
    Interface Descriptor:
      bInterfaceNumber        {interface}
      bAlternateSetting       0
      bNumEndpoints           2
      bInterfaceClass        11 Chip/SmartCard
      bInterfaceSubClass      0
      bInterfaceProtocol      0
      iInterface              4 Slot A
"""
ENDPOINTS = """      Endpoint Descriptor:
        bEndpointAddress     0x84  EP 4 IN
        bmAttributes            2
          Transfer Type            Bulk
        wMaxPacketSize     0x0200  1x 512 bytes
        bInterval               0
      Endpoint Descriptor:
        bEndpointAddress     0x05  EP 5 OUT
        bmAttributes            2
        wMaxPacketSize     0x0200  1x 512 bytes
        bInterval               1
Device Status:     0x0000
"""


def head(number: int = 1, vendor: str = "04e6", product: str = "5116") -> str:
    return HEAD.format(number=number, vendor=vendor, product=product, interface=0)


def test_a_device_is_what_usbutils_says_of_it() -> None:
    (device,) = lsusb.parse(head() + CCID + ENDPOINTS)
    assert (device.usb_id, device.bcd_device) == ("04e6:5116", 0x0201)
    assert (device.manufacturer, device.product) == ("Somebody", "Some Reader")
    assert device.serial_number == "12345"
    (interface,) = device.interfaces
    assert interface.descriptor == DESCRIPTOR
    assert interface.name == "Slot A"
    assert not interface.descriptor_at_end
    assert interface.endpoints == (
        Endpoint(0x84, TransferType.BULK, 512),
        Endpoint(0x05, TransferType.BULK, 512, 1),
    )


def test_no_display_is_none() -> None:
    text = CCID.replace("16 cols 2 lines", "none").replace(
        "bPINSupport             3", "bPINSupport 0"
    )
    assert lsusb.parse(head() + text)[0].interfaces[0].descriptor.wLcdLayout == 0


def test_raw_bytes_of_a_class_that_usbutils_does_not_know_are_read() -> None:
    raw = f"      ** UNRECOGNIZED:  {bytes(DESCRIPTOR).hex(' ')}\n"
    (device,) = lsusb.parse(head().replace("11 Chip/SmartCard", "255 Vendor") + raw + ENDPOINTS)
    assert device.interfaces[0].descriptor == DESCRIPTOR
    assert device.interfaces[0].interface_class == 0xFF
    at_end = ENDPOINTS.replace("Device Status", raw + "Device Status")
    assert lsusb.parse(head() + at_end)[0].interfaces[0].descriptor_at_end


def test_devices_without_a_reader_are_passed_over() -> None:
    mouse = head(2, "046d", "c077").replace("11 Chip", "3 Human")
    devices = lsusb.parse(mouse + head() + CCID + head(3, "08e6", "3437") + CCID)
    assert [device.usb_id for device in devices] == ["04e6:5116", "08e6:3437"]
    with pytest.raises(DescriptionError, match="no device in this lsusb output has a smart card"):
        lsusb.parse(mouse)
    hub = head(4).partition("    Interface")[0]
    assert len(lsusb.parse(hub + head() + CCID)) == 1


def test_another_setting_of_an_interface_is_no_interface_of_its_own() -> None:
    again = head().partition("    Interface")[2].replace("Setting       0", "Setting       1")
    (device,) = lsusb.parse(head() + CCID + ENDPOINTS + "    Interface" + again + CCID)
    assert len(device.interfaces) == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Device Descriptor:\n  bLength", "x", "no device descriptor: `lsusb -v` as root"),
        ("bcdCCID              1.10", "bcdCCID 1", "no release number"),
        ("dwMaxIFSD             254", "dwMaxIFSD many", "line 34: 'many' is no number"),
        (
            "        dwMaxIFSD             254\n",
            "",
            "line 21: the class descriptor lacks dwMaxIFSD",
        ),
        ("wMaxPacketSize     0x0200", "wMaxPacketSize 0", "packets have 1..1024 bytes, not 0"),
        ("        bEndpointAddress     0x84  EP 4 IN\n", "", "endpoint lacks bEndpointAddress"),
    ],
)
def test_what_is_wrong_names_its_line(old: str, new: str, says: str) -> None:
    with pytest.raises(DescriptionError, match=says):
        lsusb.parse((head() + CCID + ENDPOINTS).replace(old, new, 1))


def test_raw_bytes_must_be_hexadecimal() -> None:
    with pytest.raises(DescriptionError, match="is not hexadecimal"):
        lsusb.parse(head() + "   ** UNRECOGNIZED:  36 2x\n")


@pytest.mark.parametrize("text", ["", "no output of lsusb\n"])
def test_a_text_without_a_device_is_refused(text: str) -> None:
    with pytest.raises(DescriptionError, match="no device"):
        lsusb.parse(text)
