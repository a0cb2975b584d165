"""The bytes of USB/IP."""

import random
from dataclasses import replace

import pytest

from ifd_bridge.faces import usbip_frames as frames
from ifd_bridge.faces.usbip_frames import Operation, Parser, Unlink, Urb
from readers import models

LIST = bytes.fromhex("0111 8005 00000000")
IMPORT = bytes.fromhex("0111 8003 00000000") + b"1-2".ljust(32, b"\0")
SUBMIT = frames.URB.pack(1, 7, 0x10002, 0, 1, 0, 10, 0, 0, 0, bytes(8)) + bytes(10)
READ = frames.URB.pack(1, 8, 0x10002, 1, 2, 0, 64, 0, 0, 0, bytes(8))
UNLINK = frames.URB.pack(2, 9, 0x10002, 0, 0, 8, 0, 0, 0, 0, bytes(8))


def test_operations_are_read():
    assert list(Parser().feed(LIST + IMPORT)) == [
        Operation(frames.REQ_DEVLIST),
        Operation(frames.REQ_IMPORT, b"1-2"),
    ]


def test_urbs_are_read_wherever_the_bytes_are_cut():
    raw = SUBMIT + READ + UNLINK
    for cut in range(len(raw)):
        parser = Parser(imported=True)
        found = [*parser.feed(raw[:cut]), *parser.feed(raw[cut:])]
        urbs = [Urb(7, 1, 10, bytes(8), bytes(10)), Urb(8, 0x82, 64, bytes(8))]
        assert found == [*urbs, Unlink(9, 8)]


@pytest.mark.parametrize(
    ("imported", "raw", "what"),
    [
        (False, bytes.fromhex("0110 8005 00000000"), "USB/IP 0110"),
        (False, bytes.fromhex("0111 8004 00000000"), "8004 is no request"),
        (True, frames.URB.pack(3, 7, 0, 0, 1, 0, 10, 0, 0, 0, bytes(8)), "3 is no command"),
        (True, frames.URB.pack(1, 7, 0, 0, 16, 0, 10, 0, 0, 0, bytes(8)), "endpoint 16"),
        (True, frames.URB.pack(1, 7, 0, 1, 2, 0, -1, 0, 0, 0, bytes(8)), "-1 bytes"),
        (True, frames.URB.pack(1, 7, 0, 1, 2, 0, 1 << 24, 0, 0, 0, bytes(8)), "bytes"),
        (True, frames.URB.pack(1, 7, 0, 2, 2, 0, 1, 0, 0, 0, bytes(8)), "no URB"),
    ],
)
def test_what_is_no_usbip_is_refused(imported, raw, what):
    with pytest.raises(ValueError, match=what):
        list(Parser(imported=imported).feed(raw))


@pytest.mark.slow
def test_ten_thousand_hostile_frames_are_refused_or_waited_for():
    chance = random.Random(3)
    for _ in range(10_000):
        imported = chance.random() < 0.7
        raw = bytearray(SUBMIT + READ + UNLINK if imported else IMPORT + LIST)
        for _ in range(chance.randrange(5)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        raw += chance.randbytes(chance.randrange(100))
        parser = Parser(imported=imported)
        try:
            list(parser.feed(bytes(raw)))
        except ValueError:
            continue
        assert len(parser._buffer) <= len(raw)


def test_a_device_is_described_as_the_tools_read_it():
    device = frames.Exported(1, [models.PLAIN], 1)
    raw = bytes(device)
    assert len(raw) == 312
    assert raw[256:259] == b"1-2"
    assert raw[288:300] == bytes.fromhex("00000001 00000003 00000002")
    assert raw[300:].hex() == "120900010100" + "000000" + "010101"
    assert device.devid == 0x10003
    listed = frames.device_list([device, device])
    assert len(listed) == 12 + 2 * 316
    assert listed[-4:] == bytes.fromhex("0b000000")


def test_answers_have_the_protocols_numbers():
    assert frames.import_reply(frames.Status.DEVICE_BUSY).hex() == "0111000300000002"
    assert frames.submitted(7, 0, 3, b"abc")[48:] == b"abc"
    assert frames.unlinked(9, waited=True)[20:24] == (-104).to_bytes(4, "big", signed=True)
    assert frames.unlinked(9, waited=False)[20:24] == bytes(4)


def test_a_token_has_two_interfaces():
    device = frames.Exported(0, [models.PLAIN], hid=True)
    assert bytes(device)[-1] == 2
    assert frames.device_list([device]).endswith(bytes.fromhex("0B00000003000000"))


def test_a_device_has_the_interfaces_of_all_its_readers():
    device = frames.Exported(0, [models.PLAIN, replace(models.PLAIN, interface_protocol=2)])
    assert bytes(device)[-1] == 2
    assert frames.device_list([device]).endswith(bytes.fromhex("0B000000 0B000200"))
