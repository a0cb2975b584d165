from __future__ import annotations

from struct import pack

import pytest

from readers.description.capture_blocks import is_capture, packets
from readers.description.fields import DescriptionError


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    size = pack(order + "I", len(body) + 12)
    return pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int, order: str = "<") -> bytes:
    return block(1, pack(order + "HHI", link, 0, 0), order)


def packet(data: bytes, number: int = 0, order: str = "<") -> bytes:
    padded = data + bytes(-len(data) % 4)
    return block(6, pack(order + "IIIII", number, 0, 0, len(data), len(data)) + padded, order)


@pytest.mark.parametrize("order", "<>")
def test_packets_have_the_link_type_of_their_interface(order: str) -> None:
    raw = section(order) + interface(220, order) + interface(249, order)
    raw += block(99, b"none", order) + packet(b"abc", 1, order) + packet(b"d", 0, order)
    assert list(packets(raw)) == [(249, b"abc"), (220, b"d")]


def test_a_new_section_has_interfaces_of_its_own() -> None:
    raw = section() + interface(220) + packet(b"1") + section(">") + interface(249, ">")
    assert list(packets(raw + packet(b"2", 0, ">"))) == [(220, b"1"), (249, b"2")]


def test_simple_packets_belong_to_the_first_interface() -> None:
    raw = section() + interface(189) + block(3, pack("<I", 3) + b"abc\0")
    assert list(packets(raw)) == [(189, b"abc")]


def test_a_capture_that_was_stopped_in_the_middle_ends_there() -> None:
    raw = section() + interface(220) + packet(b"abcd") + packet(b"efgh")
    assert list(packets(raw[:-5])) == [(220, b"abcd")]
    head = pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 220)
    assert list(packets(head + pack("<IIII", 0, 0, 9, 9) + b"abc")) == []


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "offset 0: neither pcap nor pcapng"),
        (b"\xa1\xb2\xc3\xd4", "offset 4: the file header is cut"),
        (b"\x0a\x0d\x0d\x0a" + bytes(12), "offset 8: no byte-order magic"),
        (section() + pack("<III", 1, 13, 0), "offset 28: a block of 13 bytes"),
        (section() + packet(b"x"), "offset 28: the block is cut"),
        (section() + block(1, b""), "offset 28: the block is cut"),
    ],
)
def test_what_is_no_capture_names_its_place(raw: bytes, says: str) -> None:
    with pytest.raises(DescriptionError, match=says):
        list(packets(raw))


def test_captures_are_known_by_their_first_bytes() -> None:
    assert is_capture(section())
    assert not is_capture(b" idVendor")
