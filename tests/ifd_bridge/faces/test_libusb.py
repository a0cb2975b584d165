"""A reader as a USB device on sockets."""

import socket

import pytest

from applets.hello import Hello
from ifd_bridge.faces.libusb import UsbFace
from readers import CcidReader, models
from readers.usb import descriptors
from vcard import Card


@pytest.fixture
def face(tmp_path):
    made = UsbFace(CcidReader(models.PLAIN), tmp_path, 2)
    made.reader = made._reader
    made.open()
    yield made
    made.close()


def connect(face, hello):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.settimeout(10)
    sock.connect(str(face._path))
    sock.send(hello)
    return sock


def receive(sock):
    raw = sock.recv(1 << 17)
    assert raw[:1] == b"\0"
    return raw[1:]


def test_the_descriptors_can_be_read(face):
    with connect(face, b"D") as sock:
        raw = receive(sock)
    assert raw[:18] == descriptors.device_descriptor(models.PLAIN)
    assert raw[18:] == descriptors.configuration_descriptor(models.PLAIN)


@pytest.mark.parametrize(("index", "text"), [(1, b"vcard"), (2, b"Virtual Reader"), (9, b"")])
def test_strings_can_be_read(face, index, text):
    with connect(face, bytes((ord("S"), index))) as sock:
        assert receive(sock) == text


def test_bulk_messages_are_answered_and_movements_told(face):
    with connect(face, b"B") as bulk, connect(face, b"I") as interrupt:
        bulk.send(bytes.fromhex("65000000000005000000"))
        assert receive(bulk)[:7].hex() == "81000000000005"
        assert face.opened.wait(10)
        with connect(face, b"D") as later:  # so that the one before was taken
            receive(later)
        face.reader.insert(Card(Hello()))
        assert receive(interrupt) == b"\x50\x03"


def test_class_requests_are_answered_or_stall(face):
    with connect(face, b"C") as control:
        for setup, result in (
            (descriptors.Setup(0xA1, 3, 0, 0, 256), 4),
            (descriptors.Setup(0xA1, 99), -9),
            (descriptors.Setup(0x21, descriptors.ClassRequest.ABORT, 0x0100), 0),
        ):
            control.send(bytes(setup))
            assert int.from_bytes(receive(control)[:4], "little", signed=True) == result


def test_closing_ends_every_connection(face):
    with connect(face, b"B") as bulk:
        bulk.send(bytes.fromhex("65000000000005000000"))
        receive(bulk)
        face.close()
        assert bulk.recv(1) == b""
    assert not face._path.exists()


def test_the_device_is_where_the_driver_looks(face):
    assert face.device_node == "/dev/bus/usb/001/002"


def test_a_reader_is_opened_when_its_last_slot_is_spoken_to(tmp_path):
    face = UsbFace(CcidReader(models.TWO_SLOT), tmp_path, 3)
    face.open()
    with connect(face, b"B") as bulk:
        bulk.send(bytes.fromhex("65000000000005000000"))
        receive(bulk)
        assert not face.opened.is_set()
        bulk.send(bytes.fromhex("65000000000106000000"))
        receive(bulk)
        assert face.opened.is_set()
    face.close()
