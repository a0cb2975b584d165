"""The steps of the usual sample program for PIN pad drivers, number by number."""

import pytest

from applets.catalogue import CARDS
from readers.models import PINPAD
from readers.pinpad.entry import OK
from tests.kits.pcsc.client import LEAVE, T1, UNPOWER
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc

FEATURE_REQUEST, LONG = 0x42000000 + 3400, 0x10000
PRESENT_POWERED_NEGOTIABLE = 0x34


def features(raw):
    """Feature tags and their control codes: tag, 4, big-endian code."""
    assert len(raw) % 6 == 0
    records = [raw[i : i + 6] for i in range(0, len(raw), 6)]
    assert all(record[1] == 4 for record in records)
    return {record[0]: int.from_bytes(record[2:], "big") for record in records}


def properties(raw):
    """Property tags and their values: tag, length, little-endian number or text."""
    found, rest = {}, raw
    while rest:
        tag, size = rest[0], rest[1]
        value, rest = rest[2 : 2 + size], rest[2 + size :]
        found[tag] = value if tag == 0x08 else int.from_bytes(value, "little")
    return found


def structure(head, low, high, tail, apdu):
    """Make a PIN structure with the limits that the reader reported."""
    raw = bytes.fromhex(apdu)
    limits = bytes((high, low))
    return bytes.fromhex(head) + limits + bytes.fromhex(tail) + len(raw).to_bytes(4, "little") + raw


def test_every_step_of_the_sample_succeeds_and_its_dump_is_right():
    with desk(PINPAD, CARDS["pin-dump"](None, {})) as place:
        client, pad = place.client(), place.reader.pinpad
        client.connect()
        codes = features(client.control(FEATURE_REQUEST))
        assert codes == {tag: 0x42330000 + tag for tag in (0x06, 0x07, 0x0A, 0x12)}
        told = properties(client.control(codes[0x12]))
        assert (told[0x0B], told[0x0C], told[0x0A]) == (0x1209, 0x0002, LONG)
        assert client.control(codes[0x0A]) == bytes((0, 0, told[0x02], 0))
        assert client.status()[1] & 0xFFFF == PRESENT_POWERED_NEGOTIABLE
        assert client.reconnect(LEAVE) == T1
        assert client.transmit("00A4040006A000000018FF") == b"\x90\x00"

        limits = told[0x06], told[0x07]
        verify = structure(
            "0000820800",
            *limits,
            f"{told[2]:02X}010904 00000000",
            "0020000008" + "30303030" + "00" * 4,
        )
        pad.queue("12345678", OK)
        assert client.control(codes[0x06], verify) == b"\x90\x00"
        assert client.transmit("00400000FF").hex() == "00200000083132333435363738" + "9000"

        modify = structure(
            "00008204000004",
            *limits,
            f"03{told[2]:02X}030904 000102 000000",
            "0024000008" + "30" * 8,
        )
        pad.queue("1234", OK, "5678", OK, "5678", OK)
        assert client.control(codes[0x07], modify) == b"\x90\x00"
        assert client.transmit("00400000FF").hex() == "00240000083132333435363738" + "9000"
        client.disconnect(UNPOWER)
