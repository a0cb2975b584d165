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


def test_a_report_goes_either_way_at_its_own_endpoint():
    device = Device(5)
    out, done = device.interrupt_out(bytes(64), 0.0, 0x04)
    assert (out[9:11], done[9:11]) == (b"\x01\x04", b"\x01\x04")
    assert (len(out), len(done)) == (128, 64)
    _, answered = device.interrupt_in(bytes(64), 0.0, 0x85)
    assert (answered[9:11], len(answered)) == (b"\x01\x85", 128)


def test_a_control_request_carries_its_setup():
    request, _ = Device(2).get_descriptor(1, 0, 0, device_descriptor(PLAIN), 0.0)
    assert request[14] == 0
    assert request[40:48] == bytes.fromhex("8006000100001200")


def test_a_packet_tells_how_much_was_asked_for_and_how_much_is_there():
    """Spec: Linux, Documentation/usb/usbmon: length and len_cap."""

    def lengths(packet):
        return struct.unpack_from("<II", packet, 32)

    asked, answered = Device(5).bulk_in(b"world", 0.0)
    assert [lengths(asked), lengths(answered)] == [(5, 0), (5, 5)]
    sent, done = Device(5).bulk_out(b"hello!", 0.0)
    assert [lengths(sent), lengths(done)] == [(6, 6), (6, 0)]
    request, answer = Device(5).control_in(bytes.fromhex("8006000100001200"), b"abc", 0.0)
    assert [lengths(request), lengths(answer)] == [(18, 0), (3, 3)]
