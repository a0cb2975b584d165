"""The fake libraries under AddressSanitizer and UBSan, with a hostile peer and hostile files."""

import os
import random
import select
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.pcscd.bundle import extension
from readers import models
from readers.usb import descriptors
from tests.kits.bridge.sanitized import compiled, listening

HERE = Path(__file__).parent
BRIDGE = HERE.parent.parent.parent / "ifd_bridge"
DEVICE = descriptors.device_descriptor(models.PLAIN)
DESCRIPTORS = DEVICE + descriptors.configuration_descriptor(models.PLAIN)
SEED = 5

pytestmark = [pytest.mark.libccid, pytest.mark.slow]


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Both libraries and their user in one program."""
    program = tmp_path_factory.mktemp("native") / "host"
    sources = [HERE / "host.c", BRIDGE / "faces/fake_libusb.c", BRIDGE / "pcscd/fake_libudev.c"]
    return compiled(program, "libusb-1.0", sources, "-pthread")


class Peer:
    """A device that lies; with `descriptors` it begins honestly."""

    def __init__(self, directory, number, descriptors, seed):
        self.random = random.Random(seed)
        self.descriptors = descriptors
        self.listener = listening(directory / f"001-{number:03}", self._serve)

    def _serve(self, connection):
        kind = connection.recv(2)[:1]
        if kind == b"I":
            while self.random.random() < 0.95:
                connection.send(self._lie())
            connection.recv(1)
        else:
            while (asked := connection.recv(4096)) and self.random.random() < 0.99:
                honest = kind == b"C" and self._described(asked)
                connection.send(honest or self._lie())

    def _described(self, asked):
        """Return this device's requested descriptor; nothing for strings."""
        if asked[:2] != b"\x80\x06" or asked[3] not in (1, 2):
            return b""
        raw = self.descriptors[:18] if asked[3] == 1 else self.descriptors[18:]
        return b"\0" + len(raw).to_bytes(4, "little") + raw

    def _lie(self):
        size = self.random.choice([0, 1, 3, 4, 5, 9, 10, 11, 14, 15, 271, 272, 1028, 70_000])
        return b"\0" + self.random.randbytes(size)


class Deaf(Peer):
    """A device that takes nothing at its bulk endpoint."""

    def _serve(self, connection):
        if connection.recv(2, socket.MSG_PEEK)[:1] == b"B":
            gone = select.poll()
            gone.register(connection, select.POLLHUP)
            gone.poll(10_000)
        else:
            super()._serve(connection)


TRANSFERS = """
import sys
from ctypes import *
usb = CDLL(sys.argv[1])
devices, handle, moved = POINTER(c_void_p)(), c_void_p(), c_int()
assert usb.libusb_get_device_list(None, byref(devices)) == 1
assert usb.libusb_open(c_void_p(devices[0]), byref(handle)) == 0
assert usb.libusb_claim_interface(handle, 0) == 0
def bulk(endpoint, size):
    return usb.libusb_bulk_transfer(handle, endpoint, bytes(size), size, byref(moved), 50)
print([bulk(endpoint, 10) for endpoint in (0x00, 0x05, 0x84, 0x83)])
sent = 0
while (code := bulk(1, 65536)) == 0:
    sent += 1
print(code, sent < 100)
"""


def run(host, directory, *files):
    environ = {**os.environ, "VCARD_USB": str(directory), "VCARD_UDEV": str(directory)}
    environ["ASAN_OPTIONS"] = "detect_leaks=1"
    done = subprocess.run(
        [host, *files], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr[:600]) == (0, "")
    return done.stdout


def usb_peers(tmp_path, all_descriptors):
    place = tmp_path / f"usb{len(list(tmp_path.iterdir()))}"
    place.mkdir()
    peers = [Peer(place, n + 1, raw, SEED + n) for n, raw in enumerate(all_descriptors)]
    return place, peers


def test_a_device_that_lies_harms_nobody(host, tmp_path):
    place, peers = usb_peers(tmp_path, [DESCRIPTORS] * 8)
    assert run(host, place) == "opened 8\n"
    assert len(peers) == 8


def test_a_transfer_to_no_endpoint_fails_and_one_that_nobody_takes_ends_in_time(tmp_path):
    Deaf(tmp_path, 1, DESCRIPTORS, SEED)
    done = subprocess.run(
        [sys.executable, "-c", TRANSFERS, extension("fake_libusb")],
        env={**os.environ, "VCARD_USB": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[-1, -1, -1, -1]\n-7 True\n", "")


def test_descriptors_may_be_cut_anywhere(host, tmp_path):
    cuts = [DESCRIPTORS[:size] for size in range(len(DESCRIPTORS))]
    for start in range(0, len(cuts), 14):
        place, _ = usb_peers(tmp_path, cuts[start : start + 14])
        assert run(host, place).startswith("opened ")


def test_descriptors_may_be_anything(host, tmp_path):
    chance = random.Random(SEED)
    for _ in range(5):
        found = []
        for _ in range(14):
            raw = bytearray(DESCRIPTORS + chance.randbytes(chance.choice([0, 1, 200, 430, 900])))
            for _ in range(chance.randrange(6)):
                raw[chance.randrange(18, len(raw))] = chance.randrange(256)
            found.append(bytes(raw))
        place, _ = usb_peers(tmp_path, found)
        assert run(host, place).startswith("opened ")


def test_device_files_may_be_anything(host, tmp_path):
    lines = [b"", b"\n", b"=", b"idVendor", b"idVendor=", b"idVendor=" + b"x" * 5000, b"\0" * 3000]
    for number, line in enumerate(lines):
        (tmp_path / f"f{number}").write_bytes(line)
    files = [str(tmp_path / f"f{number}") for number in range(len(lines) + 1)]
    assert run(host, tmp_path, *files) == "opened 0\n"
