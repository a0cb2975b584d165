"""Transfers have the layout of usbmon."""

import struct

from ifd_bridge.trace.usbmon import Device
from readers.models import PLAIN
from readers.usb.descriptors import device_descriptor


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
    request, _ = Device(2).get_descriptor(1, 0, 0, device_descriptor(PLAIN), 0.0)
    assert request[14] == 0
    assert request[40:48] == bytes.fromhex("8006000100001200")
