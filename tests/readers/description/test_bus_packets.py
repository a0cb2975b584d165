"""Packets of captured buses."""

import struct

import pytest

from readers.description.bus_packets import USB_LINUX, USBPCAP, Kind, bus_packets
from readers.description.fields import DescriptionError


def pcap(link, *packets):
    raw = bytes.fromhex("d4c3b2a1") + struct.pack("<HHiIII", 2, 4, 0, 0, 65535, link)
    for packet in packets:
        raw += struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet
    return raw


def usbmon(event, kind, endpoint, data=b"", status=0):
    head = struct.pack("<QcBBBHBB12xiII8s", 7, event, kind, endpoint, 5, 1, 1, 0, status, 0, 0, b"")
    return head.ljust(48, b"\0") + data


def usbpcap(kind, endpoint, data=b"", *, info=1, stage=b"", status=0):
    head = struct.pack("<HQIHBHHBBI", 27 + len(stage), 7, status, 9, info, 1, 5, endpoint, kind, 0)
    return head + stage + data


def test_both_formats_tell_the_same_of_a_bulk_transfer():
    (linux,) = bus_packets(pcap(USB_LINUX, usbmon(b"C", Kind.BULK, 0x82, b"abc")))
    (windows,) = bus_packets(pcap(USBPCAP, usbpcap(Kind.BULK, 0x82, b"abc")))
    assert linux == windows
    assert (linux.place, linux.to_host, linux.ends, linux.data) == ((1, 5), True, True, b"abc")


def test_a_transfer_that_failed_has_no_data():
    (linux,) = bus_packets(pcap(USB_LINUX, usbmon(b"C", Kind.BULK, 0x82, b"", -71)))
    (windows,) = bus_packets(pcap(USBPCAP, usbpcap(Kind.BULK, 0x82, status=0xC0000004)))
    assert linux.data is windows.data is None


def test_a_bulk_packet_may_be_empty():
    (packet,) = bus_packets(pcap(USBPCAP, usbpcap(Kind.BULK, 0x02, info=0)))
    assert (packet.data, packet.ends) == (b"", False)


def test_stages_tell_where_a_control_transfer_begins_and_ends():
    setup = bytes.fromhex("8006000100001200")
    first, last = bus_packets(
        pcap(
            USBPCAP,
            usbpcap(Kind.CONTROL, 0, setup, info=0, stage=b"\0"),
            usbpcap(Kind.CONTROL, 0x80, b"\x12\x01", stage=b"\3"),
        )
    )
    assert (first.setup, first.ends) == (setup, False)
    assert (last.setup, last.ends, last.data) == (None, True, b"\x12\x01")


def test_a_cut_packet_is_passed_over_and_another_link_refused():
    assert list(bus_packets(pcap(USB_LINUX, bytes(20)))) == []
    assert list(bus_packets(pcap(USBPCAP, bytes(20)))) == []
    with pytest.raises(DescriptionError, match="link type 1: no capture of a USB bus"):
        list(bus_packets(pcap(1, b"abc")))
