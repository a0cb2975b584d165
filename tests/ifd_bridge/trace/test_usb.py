"""A reader's descriptors and transfers have the layout of USB and of usbmon."""

import struct

from ifd_bridge.trace.usb import Device, Identity
from readers import models

CCID = bytes(models.PLAIN.descriptor)
IDENTITY = Identity("reader", CCID, 0x08E6, 0x3437, 0x0200, "maker", "thing", "")


def test_the_device_descriptor_names_strings_that_there_are():
    raw = IDENTITY.device()
    assert len(raw) == raw[0] == 18
    assert raw[8:14] == bytes.fromhex("E60837340002")
    assert raw[14:17] == b"\x01\x02\x00"
    assert [index for index, _ in IDENTITY.strings()] == [0, 1, 2]


def test_the_configuration_is_as_long_as_it_says():
    raw = IDENTITY.configuration()
    assert struct.unpack_from("<H", raw, 2) == (len(raw),)
    offset, kinds = 0, []
    while offset < len(raw):
        kinds.append(raw[offset + 1])
        offset += raw[offset]
    assert offset == len(raw)
    assert kinds == [2, 4, 0x21, 5, 5, 5]
    assert raw[9 + 5] == 0x0B


def test_a_long_string_is_cut_to_what_a_descriptor_can_hold():
    raw = dict(Identity("r", CCID, manufacturer="x" * 200).strings())[1]
    assert len(raw) == raw[0] == 254


def test_a_transfer_is_two_packets_with_one_number():
    device = Device(5)
    out, done = device.bulk_out(b"hello", 12.5)
    assert (out[8:9], done[8:9]) == (b"S", b"C")
    assert out[:8] == done[:8]
    assert out[10:14] == b"\x01\x05\x01\x00"
    assert out[64:] == b"hello"
    assert struct.unpack_from("<qi", out, 16) == (12, 500_000)
    assert len(done) == 64
    asked, answered = device.bulk_in(b"world", 12.5)
    assert asked[:8] != out[:8]
    assert (len(asked), answered[64:]) == (64, b"world")
    assert asked[15:16] == b"<"
    assert [packet[9] for packet in device.interrupt_in(b"\x50\x03", 0.0)] == [1, 1]


def test_a_control_request_carries_its_setup():
    request, _ = Device(2).get_descriptor(1, 0, 0, IDENTITY.device(), 0.0)
    assert request[14] == 0
    assert request[40:48] == bytes.fromhex("8006000100001200")
