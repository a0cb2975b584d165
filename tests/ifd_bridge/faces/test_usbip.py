"""A USB/IP server, and a host that speaks its bytes."""

import socket
from struct import unpack

import pytest

from applets.hello import Hello
from ifd_bridge.faces import usbip
from ifd_bridge.faces import usbip_frames as frames
from ifd_bridge.faces.usb_port import UsbPort
from ifd_bridge.faces.usbip import Server
from readers import CcidReader, models
from readers.usb.setup import Setup
from tests.ifd_bridge.faces.test_usb_port import Echo
from tests.kits.dual import DUAL
from vcard import Card

STATUS = bytes.fromhex("65000000000005000000")
END = 10.0


class Host:
    """An attaching kernel."""

    def __init__(self, server):
        self.sock = socket.create_connection(server.address, END)
        self.seqnum = 0

    def read(self, size):
        data = b""
        while len(data) < size:
            piece = self.sock.recv(size - len(data))
            if not piece:
                raise EOFError(data)
            data += piece
        return data

    def ask(self, code, busid=None):
        name = b"" if busid is None else busid.encode().ljust(32, b"\0")
        self.sock.sendall(frames.OPERATION.pack(frames.VERSION, code, 0) + name)
        return unpack(">HHI", self.read(8))[2]

    def attach(self, busid="1-1"):
        status = self.ask(frames.REQ_IMPORT, busid)
        if status == 0:
            self.read(312)
        return status

    def submit(self, endpoint, length=0, data=b"", setup=bytes(8)):
        self.seqnum += 1
        fields = (1, self.seqnum, 0x10002, endpoint >> 7, endpoint & 15, 0, length or len(data))
        self.sock.sendall(frames.URB.pack(*fields, 0, 0, 0, setup) + data)
        return self.seqnum

    def unlink(self, victim):
        self.seqnum += 1
        self.sock.sendall(frames.URB.pack(2, self.seqnum, 0, 0, 0, victim, 0, 0, 0, 0, bytes(8)))

    def answer(self, *, reads=True):
        command, seqnum, _, _, _, status, length, *_ = frames.RETURN.unpack(self.read(48))
        data = self.read(length) if reads and command == frames.RET_SUBMIT else b""
        return command, seqnum, status, data

    def control(self, *fields):
        setup = Setup(*fields)
        self.submit(0x80 if setup.reads else 0, setup.wLength, setup=bytes(setup))
        return self.answer(reads=setup.reads)[2:]


@pytest.fixture
def ports():
    made = [UsbPort(CcidReader(model)) for model in (models.PLAIN, models.PINPAD)]
    yield made
    for port in made:
        port.close()


@pytest.fixture
def server(ports):
    made = Server(ports, port=0)
    made.open()
    yield made
    made.close()
    made.close()


def attached(server):
    host = Host(server)
    assert host.attach() == 0
    assert host.control(0, 9, 1) == (0, b"")
    return host


def test_devices_are_listed_as_long_as_they_are_plugged_in(server, ports):
    host = Host(server)
    assert host.ask(frames.REQ_DEVLIST) == 0
    assert unpack(">I", host.read(4)) == (2,)
    ports[0].unplug()
    host = Host(server)
    host.ask(frames.REQ_DEVLIST)
    assert unpack(">I", host.read(4)) == (1,)
    assert host.read(316)[256:259] == b"1-2"
    with pytest.raises(EOFError):
        host.read(1)


def test_a_device_is_attached_once_and_again_when_its_host_has_gone(server, ports):
    first = attached(server)
    assert ports[0].host.name.startswith("127.0.0.1:")
    assert Host(server).attach() == frames.Status.DEVICE_BUSY
    assert Host(server).attach("1-9") == frames.Status.NO_DEVICE
    first.sock.close()
    while Host(server).attach() != 0:
        pass


def test_messages_go_both_ways_and_movements_are_told(server, ports):
    host = attached(server)
    waiting = host.submit(0x83, 8)
    ports[0].functions[0].reader.insert(Card(Hello()))
    assert host.answer() == (frames.RET_SUBMIT, waiting, 0, b"\x50\x03")
    sent = host.submit(1, data=STATUS)
    assert host.answer(reads=False)[1:3] == (sent, 0)
    host.submit(0x82, 65554)
    assert host.answer()[3].hex() == "81000000000005010000"


def test_what_the_device_refuses_is_a_broken_pipe(server):
    host = attached(server)
    assert host.control(0x80, 6, 0xF00, 0, 5) == (frames.EPIPE, b"")
    host.submit(0x84, 64)
    assert host.answer()[2] == frames.EPIPE
    host.submit(2, data=b"x")
    assert host.answer(reads=False)[2] == frames.EPIPE


def test_a_transfer_that_waits_can_be_cancelled_and_one_that_has_ended_cannot(server):
    host = attached(server)
    waiting = host.submit(0x82, 64)
    host.unlink(waiting)
    assert host.answer()[:3] == (frames.RET_UNLINK, host.seqnum, frames.ECONNRESET)
    host.unlink(waiting)
    assert host.answer()[:3] == (frames.RET_UNLINK, host.seqnum, 0)


def test_a_packet_that_does_not_fit_overflows(server):
    host = attached(server)
    host.submit(1, data=STATUS)
    host.answer(reads=False)
    host.submit(0x82, 4)
    assert host.answer()[2:] == (frames.EOVERFLOW, bytes.fromhex("81000000"))


def test_unplugging_hangs_up(server, ports):
    host = attached(server)
    ports[0].unplug()
    with pytest.raises(EOFError):
        host.read(1)


def test_urbs_may_come_with_the_import(server):
    host = Host(server)
    setup = bytes(Setup(0x80, 6, 0x100, 0, 18))
    both = frames.OPERATION.pack(frames.VERSION, frames.REQ_IMPORT, 0) + b"1-1".ljust(32, b"\0")
    both += frames.URB.pack(1, 5, 0, 1, 0, 0, 18, 0, 0, 0, setup)
    host.sock.sendall(both)
    host.read(320)
    assert host.answer()[1] == 5


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\n\r\n", bytes(40)])
def test_who_speaks_no_usbip_is_hung_up_on(server, raw):
    host = Host(server)
    host.sock.sendall(raw)
    with pytest.raises((EOFError, ConnectionResetError)):
        host.read(1)


def test_who_says_nothing_is_hung_up_on(server, monkeypatch):
    monkeypatch.setattr(usbip, "FIRST_WORD_S", 0.01)
    with pytest.raises(EOFError):
        Host(server).read(1)


def test_there_is_an_end_to_connections(server, monkeypatch):
    monkeypatch.setattr(usbip, "MOST_SESSIONS", 1)
    first = attached(server)
    with pytest.raises((EOFError, ConnectionResetError)):
        Host(server).attach("1-2")
    assert first.control(0x80, 8, 0, 0, 1) == (0, b"\1")


def test_an_operation_after_the_import_is_no_urb(server):
    host = attached(server)
    host.sock.sendall(frames.OPERATION.pack(frames.VERSION, frames.REQ_DEVLIST, 0) + bytes(40))
    with pytest.raises((EOFError, ConnectionResetError)):
        host.read(1)


def test_the_address_is_known_before_and_after_it_is_taken(ports):
    server = Server(ports, port=0)
    assert server.address == ("127.0.0.1", 0)
    server.close()
    server = Server(ports, "::1", 0)
    server.open()
    assert server.address[0] == "::1"
    assert Host(server).attach() == 0
    server.close()


def test_reports_of_a_security_key_go_both_ways():
    port = UsbPort(CcidReader(models.PLAIN), function=Echo())
    made = Server([port], port=0)
    made.open()
    host = attached(made)
    waiting = host.submit(0x85, 64)
    report = bytes(range(64))
    sent = host.submit(4, data=report)
    answers = {}
    for _ in range(2):
        command, seqnum, *_ = frames.RETURN.unpack(host.read(48))
        answers[seqnum] = (command, host.read(64) if seqnum == waiting else b"")
    assert answers == {sent: (3, b""), waiting: (3, report)}
    victim = host.submit(0x85, 64)
    host.unlink(victim)
    assert host.answer()[2] == frames.ECONNRESET
    made.close()
    port.close()


def test_each_interface_of_a_device_has_its_endpoints():
    first, *others = map(CcidReader, DUAL)
    port = UsbPort(first, others=others)
    server = Server([port], port=0)
    server.open()
    host = attached(server)
    waiting = [host.submit(address, 8) for address in (0x83, 0x89)]
    for number, function in enumerate(port.functions):
        function.reader.insert(Card(Hello()))
        assert host.answer() == (frames.RET_SUBMIT, waiting[number], 0, b"\x50\x03")
    host.submit(7, data=STATUS)
    host.answer(reads=False)
    host.submit(0x88, 65554)
    assert host.answer()[3].hex() == "81000000000005010000"
    waits = host.submit(0x89, 8)
    host.unlink(waits)
    assert host.answer()[2] == frames.ECONNRESET
    server.close()
    port.close()
