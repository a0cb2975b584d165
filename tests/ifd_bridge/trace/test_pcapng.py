"""A capture is a sequence of complete blocks, each with its length at its end."""

import io
import struct

from ifd_bridge.trace.pcapng import PcapngWriter, padding


def blocks(raw: bytes) -> list[tuple[int, bytes]]:
    found = []
    while raw:
        kind, size = struct.unpack_from("<II", raw)
        assert raw[size - 4 : size] == struct.pack("<I", size)
        assert size % 4 == 0
        found.append((kind, raw[8 : size - 4]))
        raw = raw[size:]
    return found


def test_a_section_and_an_interface_come_first():
    file = io.BytesIO()
    PcapngWriter(file, 220, "usbmon1", "vcard")
    (section, head), (interface, body) = blocks(file.getvalue())
    assert (section, interface) == (0x0A0D0D0A, 1)
    assert head[:4] == b"\x4d\x3c\x2b\x1a"
    assert b"vcard" in head
    assert struct.unpack_from("<H", body) == (220,)
    assert b"usbmon1" in body


def test_a_packet_keeps_its_bytes_time_and_comment():
    file = io.BytesIO()
    writer = PcapngWriter(file, 220, "usbmon1", "vcard")
    writer.packet(b"abcde", 1_700_000_000.000123, "why")
    kind, body = blocks(file.getvalue())[2]
    _, high, low, captured, original = struct.unpack_from("<IIIII", body)
    assert kind == 6
    assert high << 32 | low == 1_700_000_000_000_123
    assert (captured, original) == (5, 5)
    assert body[20:28] == b"abcde\0\0\0"
    assert body[28:] == b"\x01\0\x03\0why\0\0\0\0\0"


def test_padding_fills_four():
    assert [len(padding(bytes(n))) for n in range(5)] == [0, 3, 2, 1, 0]


def test_bytes_that_are_withheld_count_as_having_been_there():
    file = io.BytesIO()
    PcapngWriter(file, 220, "usbmon1", "vcard").packet(b"abcde", 0.0, "", withheld=3)
    _, body = blocks(file.getvalue())[2]
    assert struct.unpack_from("<II", body, 12) == (5, 8)


def test_the_length_of_the_section_is_not_told():
    """Spec: PCAP Now Generic, 4.1 (a section length of -1: the section is read to its end)."""
    written = bytearray()

    class File:
        def write(self, record):
            written.extend(record)

        def flush(self):
            pass

    PcapngWriter(File(), 220, "usb", "vcard")
    assert written[8:12] == bytes.fromhex("4D3C2B1A")
    assert written[16:24] == b"\xff" * 8
