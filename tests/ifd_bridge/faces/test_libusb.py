"""A reader as a USB device on sockets."""

import socket
from dataclasses import replace

import pytest

from applets.hello import Hello
from ifd_bridge.faces.libusb import UsbFace
from readers import CcidReader, models
from readers.ccid.message import PC_to_RDR_IccPowerOn
from readers.usb import descriptors
from readers.usb.setup import ClassRequest, Setup
from tests.kits.reader_host import FakeCard
from vcard import Card


@pytest.fixture
def face(tmp_path):
    reader = CcidReader(models.PLAIN)
    made = UsbFace(reader, tmp_path, 2)
    made.reader = reader
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


def asked(control, *fields):
    """The result of a control transfer, and its data."""
    control.send(bytes(Setup(*fields)))
    raw = receive(control)
    return int.from_bytes(raw[:4], "little", signed=True), raw[4:]


def test_descriptors_and_strings_are_read_by_requests(face):
    with connect(face, b"C") as control:
        assert asked(control, 0x80, 6, 0x100, 0, 18) == (
            18,
            descriptors.device_descriptor(models.PLAIN),
        )
        whole = descriptors.configuration_descriptor(models.PLAIN)
        assert asked(control, 0x80, 6, 0x200, 0, 512) == (len(whole), whole)
        assert asked(control, 0x80, 6, 0x301, 0x409, 255)[1][2:].decode("utf-16-le") == "vcard"
        assert asked(control, 0x80, 6, 0x309, 0x409, 255) == (-9, b"")
        assert asked(control, 0x80, 8, 0, 0, 1) == (1, b"\1")  # its kernel has configured it


def test_bulk_messages_are_answered_and_movements_told(face):
    with connect(face, b"B\0") as bulk, connect(face, b"I\0") as interrupt:
        bulk.send(bytes.fromhex("65000000000005000000"))
        assert receive(bulk)[:7].hex() == "81000000000005"
        assert face.opened.wait(10)
        face.reader.insert(Card(Hello()))
        assert receive(interrupt) == b"\x50\x03"


@pytest.mark.parametrize("before", [True, False])
def test_a_movement_is_told_when_the_interrupt_endpoint_opens(face, before):
    """For any delay of its connection, with the card inserted before it or after."""
    if before:
        face.reader.insert(Card(Hello()))
    with connect(face, b"I\0") as interrupt:
        if not before:
            face.reader.insert(Card(Hello()))
        assert receive(interrupt) == b"\x50\x03"


def test_a_driver_that_opens_the_device_again_is_told_of_the_card_again(face):
    face.reader.insert(Card(Hello()))
    for _ in range(2):
        with connect(face, b"I\0") as interrupt:
            assert receive(interrupt) == b"\x50\x03"


def test_a_driver_that_reads_no_interrupts_holds_nobody_up(face):
    with connect(face, b"I\0") as interrupt, connect(face, b"B\0") as bulk:
        face.reader.insert(Card(Hello()))
        receive(interrupt)
        for _ in range(2000):  # more than the socket has room for
            bulk.send(bytes.fromhex("65000000000005000000"))
            receive(bulk)
            face.functions[0].pump.restart()


@pytest.mark.parametrize("hello", [b"B\0", b"I\0"])
def test_nobody_takes_an_endpoint_from_a_driver_that_is_there(face, hello):
    with connect(face, b"B\0") as bulk, connect(face, b"I\0") as interrupt:
        bulk.send(bytes.fromhex("65000000000005000000"))
        receive(bulk)
        with connect(face, hello) as stranger:
            assert stranger.recv(1) == b""
        bulk.send(bytes.fromhex("65000000000006000000"))
        assert receive(bulk)[:7].hex() == "81000000000006"
        face.reader.insert(Card(Hello()))
        assert receive(interrupt) == b"\x50\x03"


@pytest.mark.parametrize("hello", [b"", b"B", b"B\x09", b"X\0", b"\xff\0", b"C"])
def test_who_speaks_no_usb_is_hung_up_on(face, hello, caplog):
    with connect(face, hello) as stranger:
        if hello == b"C":
            stranger.send(b"\x80\6\0")  # less than a request
        assert stranger.recv(1) == b""
    with connect(face, b"I\0") as interrupt:
        interrupt.send(b"?")
        face.reader.insert(Card(Hello()))
        assert receive(interrupt) == b"\x50\x03"
    assert "fault of vcard" not in caplog.text


def test_a_token_with_bulk_endpoints_answers_there_what_came_there(tmp_path):
    token = UsbFace(CcidReader(replace(models.PLAIN, interface_protocol=2)), tmp_path, 3)
    token.open()
    with connect(token, b"C") as control, connect(token, b"B\0") as bulk:
        assert asked(control, 0xA1, 0x81, 0, 0, 3) == (3, bytes((0, 2, 0)))
        bulk.send(bytes.fromhex("65000000000005000000"))
        assert receive(bulk)[:7].hex() == "81000000000005"
    token.close()


def test_class_requests_are_answered_or_stall(face):
    with connect(face, b"C") as control:
        assert asked(control, 0xA1, 3, 0, 0, 256)[0] == 4 * len(models.PLAIN.data_rates)
        assert asked(control, 0xA1, 3, 0, 1, 256) == (-9, b"")
        assert asked(control, 0xA1, 99) == (-9, b"")
        assert asked(control, 0x21, ClassRequest.ABORT, 0x0100) == (0, b"")


def test_unplugging_takes_the_cards_supply_away(face):
    card = FakeCard()
    face.reader.insert(card)
    face.reader.handle(bytes(PC_to_RDR_IccPowerOn()), 0.0)
    assert card.powered
    face.close()
    assert not card.powered


def test_closing_ends_every_connection(face):
    with connect(face, b"B\0") as bulk:
        bulk.send(bytes.fromhex("65000000000005000000"))
        receive(bulk)
        face.close()
        assert bulk.recv(1) == b""
    assert not face._path.exists()
    face.close()  # harmless


def test_the_device_is_where_the_driver_looks(face):
    assert face.device_node == "/dev/bus/usb/001/002"


def test_a_reader_is_opened_when_its_last_slot_is_spoken_to(tmp_path):
    face = UsbFace(CcidReader(models.TWO_SLOT), tmp_path, 3)
    face.open()
    with connect(face, b"B\0") as bulk:
        bulk.send(bytes.fromhex("65000000000005000000"))
        receive(bulk)
        assert not face.opened.is_set()
        bulk.send(bytes.fromhex("65000000000106000000"))
        receive(bulk)
        assert face.opened.is_set()
    face.close()
