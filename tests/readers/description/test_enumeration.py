from __future__ import annotations

import io
from dataclasses import replace
from struct import pack

import pytest

from ifd_bridge.trace.capture import Capture
from readers.description import enumeration
from readers.description.fields import DescriptionError
from readers.models import MODELS, PLAIN, Model
from readers.usb.descriptors import configuration_descriptor, device_descriptor, string_descriptors
from readers.usb.setup import Setup

MODEL = replace(MODELS["cherry-kc1000sc"], serial_number="0815")


def captured(*models: Model) -> bytes:
    """A capture as `vcard run --pcap` writes it."""
    file = io.BytesIO()
    capture = Capture(file, dict(zip(map(str, range(9)), models, strict=False)).get)
    for number in range(len(models)):
        capture.plug(str(number), 1.0)
    return file.getvalue()


def test_our_own_capture_of_a_reader_is_the_reader() -> None:
    (device,) = enumeration.parse(captured(MODEL))
    (made,) = device.models()
    assert made.descriptor == MODEL.descriptor
    assert (made.vendor_name, made.product_name) == (MODEL.vendor_name, MODEL.product_name)
    assert (made.serial_number, made.interface_name) == ("0815", MODEL.interface_name)


def test_several_devices_are_told_apart() -> None:
    devices = enumeration.parse(captured(MODEL, PLAIN))
    assert [device.product_id for device in devices] == [MODEL.product_id, PLAIN.product_id]


def usbpcap(number: int, stage: int, data: bytes, status: int = 0, kind: int = 2) -> bytes:
    """A packet of USBPcap's pseudo header of 28 bytes."""
    return pack("<HQIHBHHBBIB", 28, number, status, 8, 0, 1, 5, 0, kind, len(data), stage) + data


def pcap(*packets: bytes, link: int = 249, order: str = "<") -> bytes:
    head = pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    records = (pack(order + "IIII", 0, 0, len(one), len(one)) + one for one in packets)
    return head + b"".join(records)


def windows(model: Model) -> list[bytes]:
    """Return USBPcap's packets of an enumeration, including the class requests."""
    asked: list[tuple[Setup, bytes | None]] = [
        (Setup(0x80, 6, 0x0100, 0, 18), device_descriptor(model)),
        (Setup(0x80, 6, 0x0200, 0, 9), configuration_descriptor(model)[:9]),
        (Setup(0x80, 6, 0x0200, 0, 255), configuration_descriptor(model)),
        *(
            (Setup(0x80, 6, 0x0300 | index, 0x0409, 255), raw)
            for index, raw in string_descriptors(model)
        ),
        (Setup(0xA1, 3, 0, 0, 1024), b"".join(pack("<I", rate) for rate in model.data_rates)),
        (Setup(0xA1, 2, 0, 0, 1024), None),
        (Setup(0x00, 9, 1, 0, 0), b""),
    ]
    packets = [usbpcap(99, 3, b"an end without a beginning"), b"short"]
    for number, (setup, answer) in enumerate(asked):
        packets.append(usbpcap(number, 0, bytes(setup)))
        packets.append(usbpcap(number, 1, b""))
        packets.append(usbpcap(number, 3, answer or b"", 0 if answer is not None else 0xC0000004))
    return [*packets, usbpcap(1, 3, b"bulk", kind=3)]


@pytest.mark.parametrize("order", "<>")
def test_a_capture_of_windows_is_read_in_either_byte_order(order: str) -> None:
    (device,) = enumeration.parse(pcap(*windows(MODEL), order=order))
    (interface,) = device.interfaces
    assert interface.descriptor == MODEL.descriptor
    assert interface.data_rates == MODEL.data_rates
    assert interface.clock_frequencies is None


def test_a_capture_without_an_enumeration_says_how_to_get_one() -> None:
    with pytest.raises(DescriptionError, match="plug it in while the capture runs"):
        enumeration.parse(pcap())
    with pytest.raises(DescriptionError, match="link type 1: no capture of a USB bus"):
        enumeration.parse(pcap(b"ethernet", link=1))


def test_transfers_without_an_end_are_forgotten_in_time() -> None:
    begun = [usbpcap(number, 0, bytes(Setup(0x80, 6))) for number in range(5000)]
    (device,) = enumeration.parse(pcap(*begun, *windows(PLAIN)))
    assert device.product_id == PLAIN.product_id


def test_packets_that_are_too_short_are_passed_over() -> None:
    with pytest.raises(DescriptionError, match="no enumeration"):
        enumeration.parse(pcap(b"short", link=220))


def test_what_is_no_control_transfer_is_passed_over() -> None:
    bulk = usbpcap(99, 0, b"what is that", kind=3)
    (device,) = enumeration.parse(pcap(bulk, *windows(MODEL)))
    assert device.product_id == MODEL.product_id
