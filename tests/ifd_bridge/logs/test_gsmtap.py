"""GSMTAP captures."""

import struct

from ifd_bridge.logs.gsmtap import read
from ifd_bridge.logs.logged import logged
from vcard.doubles.recording import Kind

LINKTYPE_RAW, LINKTYPE_ETHERNET = 101, 1


def udp(payload, port=4729):
    size = 28 + len(payload)
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, size, 0, 0, 64, 17, 0, 0x7F000001, 0x7F000001)
    return ip + struct.pack(">HHHH", 5, port, 8 + len(payload), 0) + payload


def gsmtap(body, sub_type=0, kind=4):
    header = bytes([2, 4, kind, 0]) + bytes(8) + bytes([sub_type, 0, 0, 0])
    return udp(header + bytes.fromhex(body))


def pcap(*packets, link=LINKTYPE_RAW):
    raw = bytes.fromhex("d4c3b2a1") + struct.pack("<HHiIII", 2, 4, 0, 0, 65535, link)
    for packet in packets:
        raw += struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet
    return raw


def split(body):
    return [entry.data.hex() for entry in read(pcap(gsmtap(body)))]


def test_a_packet_is_a_command_and_its_answer():
    assert split("a0a40000023f009f16") == ["a0a40000023f00", "9f16"]
    assert split("a0b0000002aabb9000") == ["a0b0000002", "aabb9000"]
    assert split("a0b00000" + "04" + "aabb" + "9000") == ["a0b0000004", "aabb9000"]
    assert split("00c0000000" + "aabb" + "9000") == ["00c0000000", "aabb9000"]
    assert split("a02600010812345678ffffffff9000") == ["a02600010812345678ffffffff", "9000"]


def test_an_atr_begins_it():
    raw = pcap(gsmtap("3b9f96801f", sub_type=1), gsmtap("a0f20000029000"))
    assert [entry.kind for entry in logged(raw)] == [Kind.UP, Kind.COMMAND, Kind.ANSWER]


def test_other_packets_are_passed_over():
    ethernet = bytes(12) + b"\x08\x00" + gsmtap("a0a40000023f009f16")
    assert len(read(pcap(ethernet, b"", bytes(14) + b"\x60", link=LINKTYPE_ETHERNET))) == 2
    strangers = (
        udp(b"hello"), udp(bytes(40), port=53), gsmtap("a0a4", kind=1), gsmtap("9000"),
        gsmtap("a0a40000029000", sub_type=7),
    )  # fmt: skip
    assert read(pcap(*strangers)) == []


def test_another_link_is_passed_over():
    assert read(pcap(gsmtap("a0a40000023f009f16"), link=147)) == []
