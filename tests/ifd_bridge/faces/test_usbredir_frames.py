"""The bytes of usbredir."""

import random
from dataclasses import replace
from struct import pack

import pytest

from ifd_bridge.faces import usbredir_frames as frames
from ifd_bridge.faces.usbredir_frames import Bulk, Cap, Parser, Type
from readers import models
from tests.kits.dual import DUAL

ALL = 0xFF


def greeting(caps=ALL, version=b"test"):
    return pack("<III64sI", 0, 68, 0, version, caps)


def greeted(caps=ALL):
    parser = Parser()
    list(parser.feed(greeting(caps)))
    return parser


@pytest.mark.parametrize("caps", [ALL, 0x70, 0])
def test_messages_are_read_wherever_they_are_cut(caps):
    other = greeted(caps)
    raw = greeting(caps) + other.pack(Type.SET_CONFIGURATION, 5, b"\1")
    raw += other.pack_bulk(6, Bulk(1, 0, 3, b"abc")) + other.pack(Type.CANCEL_DATA_PACKET, 1 << 31)
    for cut in range(len(raw)):
        parser = Parser()
        found = [*parser.feed(raw[:cut]), *parser.feed(raw[cut:])]
        assert [(message.type, message.token) for message in found] == [
            (Type.HELLO, 0),
            (Type.SET_CONFIGURATION, 5),
            (Type.BULK_PACKET, 6),
            (Type.CANCEL_DATA_PACKET, 1 << 31),
        ]
        assert parser.bulk(found[2].body) == Bulk(1, 0, 3, b"abc")
    assert parser.version == "test"


def test_a_capability_counts_if_both_sides_have_it():
    parser = greeted(0b10_0001)
    assert parser.has(Cap.IDS_64)
    assert not parser.has(Cap.FILTER)
    assert not Parser().has(Cap.IDS_64)


def test_a_hello_without_capabilities_has_none():
    parser = Parser()
    list(parser.feed(pack("<III64s", 0, 64, 0, b"old")))
    assert parser.caps == 0


def test_long_transfers_need_their_capability():
    assert greeted().bulk(greeted().pack_bulk(1, Bulk(0x82, 0, 70_000))[16:]).length == 70_000


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (pack("<III", 6, 1, 0) + b"\1", "a hello comes first"),
        (greeting() + pack("<IIQ", 0, 68, 0) + bytes(68), "a hello comes first"),
        (greeting() + pack("<IIQ", 99, 0, 0), "type 99"),
        (greeting() + pack("<IIQ", Type.DEVICE_CONNECT, 10, 0), "type 1"),
        (greeting() + pack("<IIQ", Type.SET_CONFIGURATION, 0, 0), "no 0 bytes"),
        (greeting() + pack("<IIQ", Type.BULK_PACKET, 1 << 24, 0), "no 16777216 bytes"),
        (pack("<III", 0, 10, 0) + bytes(10), "no 10 bytes"),
    ],
)
def test_what_is_no_usbredir_is_refused(raw, what):
    with pytest.raises(ValueError, match=what):
        list(Parser().feed(raw))


def test_a_bulk_packet_without_its_header_is_refused():
    with pytest.raises(ValueError, match="no 8 bytes"):
        greeted().bulk(bytes(8))


@pytest.mark.slow
def test_ten_thousand_hostile_frames_are_refused_or_waited_for():
    chance, other = random.Random(4), greeted()
    good = b"".join(
        (
            other.pack(Type.SET_CONFIGURATION, 5, b"\1"),
            other.pack(Type.CONTROL_PACKET, 6, bytes(10)),
            other.pack_bulk(7, Bulk(1, 0, 10, bytes(10))),
            other.pack(Type.START_INTERRUPT_RECEIVING, 8, b"\x83"),
        )
    )
    for number in range(10_000):
        raw = bytearray(greeting() + good + chance.randbytes(chance.randrange(60)))
        for _ in range(chance.randrange(5)):
            raw[chance.randrange(0 if number % 4 else 80, len(raw))] = chance.randrange(256)
        parser = Parser()
        try:
            list(parser.feed(bytes(raw)))
        except ValueError:
            continue
        assert len(parser._buffer) <= len(raw)


def test_the_device_is_described():
    assert frames.hello()[:12] == pack("<III", 0, 68, 0)
    info = frames.interface_info([models.PLAIN])
    assert (len(info), info[0], info[4], info[36]) == (132, 1, 0, 0x0B)
    endpoints = frames.endpoint_info([models.PLAIN], sizes=True)
    assert (endpoints[1], endpoints[0x12], endpoints[0x13], endpoints[2]) == (2, 2, 3, 255)
    assert endpoints[96 + 2 : 96 + 4] == bytes((64, 0))
    assert len(frames.endpoint_info([models.PLAIN], sizes=False)) == 96
    assert frames.device_connect(models.PLAIN, version=True).hex() == "01000000091201000001"
    assert len(frames.device_connect(models.PLAIN, version=False)) == 8


def test_a_token_has_two_interfaces_and_two_more_endpoints():
    info = frames.interface_info([models.PLAIN], hid=True)
    assert (info[:4], info[4:6], info[36:38]) == (b"\2\0\0\0", b"\0\1", b"\x0b\3")
    endpoints = frames.endpoint_info([models.PLAIN], sizes=True, hid=True)
    types, intervals, interfaces = (endpoints[n : n + 32] for n in (0, 32, 64))
    for at in (0x04, 0x15):
        assert (types[at], intervals[at], interfaces[at]) == (3, 5, 1)
        assert endpoints[96 + 2 * at : 98 + 2 * at] == b"\x40\0"


def test_each_interface_is_told_with_its_own_endpoints():
    first, second = DUAL[0], replace(DUAL[1], interface_protocol=2)
    info = frames.interface_info([first, second])
    columns = [info[4 + 32 * n :][:2] for n in range(4)]
    assert columns == [b"\0\2", b"\x0b\x0b", b"\0\0", b"\0\2"]
    endpoints = frames.endpoint_info([first, second], sizes=True)
    types, intervals, interfaces = (endpoints[n : n + 32] for n in (0, 32, 64))
    assert [at for at, kind in enumerate(types) if kind != 255] == [0, 1, 7, 16, 18, 19, 24, 25]
    assert (types[0x19], intervals[0x19], interfaces[0x19]) == (3, 24, 2)
    assert (interfaces[7], interfaces[0x12]) == (2, 0)
