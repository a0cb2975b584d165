"""APDUs of every case and length, byte by byte through the real pcscd."""

from dataclasses import replace

import pytest

from applets.catalogue import CARDS
from applets.pin_dump import counting
from readers.ccid.descriptor import Descriptor, ExchangeLevel
from readers.models import PLAIN, at_level
from tests.kits.pcsc.client import NOT_TRANSACTED, T0, T1, ScardError
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc

LENGTHS = [1, 255, 256, 257, 4096, 65535]
SELECT = "00A4040006A000000018FF"
MODELS = {
    "whole": PLAIN,
    "pieces": replace(PLAIN, descriptor=Descriptor(dwMaxCCIDMessageLength=271)),
}


@pytest.fixture(scope="module", params=MODELS)
def client(request):
    with desk(MODELS[request.param], CARDS["pin-dump"](None, {})) as place:
        client = place.client()
        client.connect(protocols=T1)
        assert client.transmit(SELECT) == b"\x90\x00"
        yield client


def size(length):
    return length.to_bytes(2, "big")


def test_case_1_has_no_data(client):
    assert client.transmit("80300000") == b"\x90\x00"


@pytest.mark.parametrize("length", LENGTHS)
def test_case_2_brings_every_byte(client, length):
    command = b"\x80\x34" + size(length) + b"\0" + size(length)
    assert client.transmit(command) == counting(length) + b"\x90\x00"


@pytest.mark.parametrize("length", LENGTHS)
def test_case_3_takes_every_byte(client, length):
    command = b"\x80\x32\0\0\0" + size(length) + counting(length)
    assert client.transmit(command) == b"\x90\x00"
    wrong = command[:-1] + bytes([command[-1] ^ 1])
    assert client.transmit(wrong) == bytes([0x6A, (length - 1) & 0xFF])


@pytest.mark.parametrize("length", LENGTHS)
def test_case_4_takes_and_brings_every_byte(client, length):
    command = b"\x80\x36" + size(length) + b"\0" + size(length) + counting(length) + size(length)
    assert client.transmit(command) == counting(length) + b"\x90\x00"


def test_the_longest_answer_has_65536_bytes(client):
    assert client.transmit("803C FFFF 00 0000") == counting(65535) + b"\x90\x00"


@pytest.mark.parametrize("length", [1, 128, 255, 256])
def test_short_apdus_go_both_ways(client, length):
    le = bytes([length & 0xFF])
    assert client.transmit(b"\x80\x34" + size(length) + le) == counting(length) + b"\x90\x00"
    data = counting(min(length, 255))
    command = b"\x80\x36" + size(length) + bytes([len(data)]) + data + le
    assert client.transmit(command) == counting(length) + b"\x90\x00"


def test_a_short_reader_refuses_an_extended_apdu_and_goes_on():
    with desk(at_level(PLAIN, ExchangeLevel.SHORT_APDU), CARDS["pin-dump"](None, {})) as place:
        client = place.client()
        client.connect()
        client.transmit(SELECT)
        with pytest.raises(ScardError) as refused:
            client.transmit(b"\x80\x32\0\0\0\1\0" + counting(256))
        assert refused.value.code == NOT_TRANSACTED
        assert client.transmit(b"\x80\x32\0\0\xff" + counting(255)) == b"\x90\x00"


def test_both_protocols_carry_the_same_apdus():
    with desk(PLAIN, CARDS["hello"](None, {})) as place:
        for protocols in (T0, T1):
            client = place.client()
            assert client.connect(protocols=protocols) == protocols
            assert client.transmit("00A404000AA00000006203010C0601") == b"\x90\x00"
            assert client.transmit("0000000000") == b"Hello world!\x90\x00"
            client.disconnect(2)


def test_twenty_channels_keep_their_selections_apart():
    with desk(PLAIN, CARDS["hello"](None, {"with": "pin-dump"})) as place:
        client = place.client()
        client.connect()
        client.transmit("00A404000AA00000006203010C0601")
        for channel in range(1, 20):
            assert client.transmit("0070000001") == bytes([channel, 0x90, 0x00])
        assert client.transmit("0070000001") == b"\x6a\x81"
        for channel in range(1, 20):
            cla = channel if channel < 4 else 0x40 | channel - 4
            aid = "A000000018FF" if channel % 2 else "A00000006203010C0601"
            select = bytes([cla]) + bytes.fromhex(f"A40400{len(aid) // 2:02X}{aid}")
            assert client.transmit(select) == b"\x90\x00"
        for channel in range(20):
            cla = channel if channel < 4 else 0x40 | channel - 4
            hello = channel % 2 == 0
            answer = client.transmit(bytes([cla, 0, 0, 0, 0]))
            assert answer == (b"Hello world!\x90\x00" if hello else b"\x6d\x00")
