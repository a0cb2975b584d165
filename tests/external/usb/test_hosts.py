"""Hosts and guests of other projects: PyPI's `usbip`, the reference library of usbredir, and
Debian's usbip tool. None needs a kernel."""

import shlex
import socket
import subprocess

import pytest

from ifd_bridge.faces import usb_function
from ifd_bridge.faces.ways import IpWay, RedirWay
from ifd_bridge.worlds.usb_host import UsbHost
from ifd_bridge.worlds.world import World
from readers import models
from readers.ccid.message import PC_to_RDR_Secure, PC_to_RDR_XfrBlock
from readers.usb.descriptors import configuration_descriptor, device_descriptor
from tests.external.bench import PROGRAMS, need
from tests.readers.commands.test_secure import VERIFY

pytestmark = pytest.mark.slow  # a program is compiled, and run for each test

END = 20
ROOM = 65_554
SELECT_HELLO = bytes.fromhex("00A404000AA00000006203010C0601")
SELECT_DUMP = bytes.fromhex("00A4040007A000000018FF01")
ENTRY = bytes((VERIFY.operation,)) + bytes(VERIFY)
PLACES = [("plain", "hello"), ("pinpad", "hello?with=pin-dump")]


class PyPi:
    """PyPI's usbip as the host of one reader."""

    def __init__(self, server, model):
        host = pytest.importorskip("usbip.host", reason="pip install usbip")
        transport = pytest.importorskip("usbip.transport").USBIP(*server.address)
        self.error = pytest.importorskip("usbip.core").USBError
        self.handle = host.open(model.vendor_id, model.product_id, transport=transport)
        self.handle.conn.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.out = lambda data: self.handle.bulk_out(1, data)
        self.interrupt = lambda: self.handle.interrupt_in(0x83, 8)

    def refuses(self, *fields):
        with pytest.raises(self.error, match="-32"):
            self.control(*fields)

    def read(self):
        return self.handle.bulk_in(0x82, ROOM)

    def control(self, *fields):
        return self.handle.conn.control(*fields)

    def gone(self):
        with pytest.raises(self.error, match="closed"):
            self.handle.bulk_in(0x82, ROOM)
        return True

    def close(self):
        self.handle.conn.sock.close()


class Reference:
    """The reference library of usbredir as the guest of one reader."""

    def __init__(self, program, path):
        self.process = subprocess.Popen(
            [program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.interrupts = []
        self.endpoints = self.hear("endpoints")
        self.device = self.hear("device")
        self.say("configure")
        assert self.hear("configured") == ["0", "1"]
        self.say("listen")
        assert self.hear("listening") == ["0"]

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self, what):
        while True:
            kind, *words = self.process.stdout.readline().split(" ")
            words = [word.strip() for word in words if word.strip()]
            assert kind not in ("", "log", "closed"), words
            if kind.strip() == what:
                return words
            if kind == "interrupt":
                self.interrupts.append(bytes.fromhex(words[1]))

    def out(self, data):
        self.say(f"out {data.hex()}")
        assert self.hear("out") == ["0"]

    def read(self):
        self.say(f"in {ROOM}")
        return bytes.fromhex(self.hear("in")[1])

    def interrupt(self):
        if self.interrupts:
            return self.interrupts.pop(0)
        return bytes.fromhex(self.hear("interrupt")[1])

    def control(self, *fields, status="0"):
        self.say("control " + " ".join(f"{field:x}" for field in fields))
        told, *data = self.hear("control")
        assert told == status
        return bytes.fromhex("".join(data))

    def refuses(self, *fields):
        assert self.control(*fields, status="4") == b""

    def gone(self):
        return self.hear("gone") == []

    def close(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def guest_program(tmp_path_factory):
    """usbredir_guest.c, compiled."""
    gcc, config = need("gcc", "gcc"), need("pkg-config", "pkg-config")
    found = subprocess.run(
        [config, "--cflags", "--libs", "libusbredirparser-0.5"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if found.returncode:
        pytest.skip("the reference library is missing: apt install libusbredirparser-dev")
    program = tmp_path_factory.mktemp("programs") / "usbredir_guest"
    source = PROGRAMS / "usbredir_guest.c"
    flags = ["-Wall", "-Wextra", "-Werror", "-o", program, source]
    subprocess.run([gcc, *flags, *shlex.split(found.stdout)], check=True, timeout=60)
    return program


class Table:
    """A world, and a host of its reader `number`."""

    def __init__(self, world, host):
        self.world, self.host, self.seq = world, host, 0

    def ask(self, kind, data=b""):
        """Send a message, and return its answer without time extensions."""
        self.seq = (self.seq + 1) % 256
        head = bytes((kind, *len(data).to_bytes(4, "little"), 0, self.seq, 0, 0, 0))
        self.host.out(head + data)
        return self.answer()

    def answer(self):
        while (answer := self.host.read())[7] & 0xC0 == 0x80:
            pass
        assert answer[6] == self.seq
        return answer

    def transmit(self, command):
        return self.ask(PC_to_RDR_XfrBlock.bMessageType, command)[10:]


@pytest.fixture(params=["usbip", "usbredir"])
def tables(request, tmp_path, monkeypatch, guest_program):
    """Makes a table with one of the world's readers; once for each way."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    # PyPI's usbip has no transfer waiting for a movement, so that each would wait for it.
    monkeypatch.setattr(usb_function, "LONGEST_S", usb_function.PATIENCE_S)
    way = IpWay(0) if request.param == "usbip" else RedirWay(tmp_path / "vm")
    made = []
    with World(PLACES, host=lambda places: UsbHost(places, way)) as world:

        def sit(number):
            if request.param == "usbip":
                host = PyPi(way._server, world.models[world.places[number].name])
            else:
                host = Reference(guest_program, str(tmp_path / f"vm/reader{number}"))
            made.append(host)
            return Table(world, host)

        yield sit
        for host in made:
            host.close()


def test_a_card_says_hello_and_its_descriptors_are_the_models(tables):
    table = tables(0)
    device = device_descriptor(models.PLAIN)
    assert table.host.control(0x80, 6, 0x100, 0, 18) == device
    whole = configuration_descriptor(models.PLAIN)
    assert table.host.control(0x80, 6, 0x200, 0, 255) == whole
    for fields in ((0x80, 6, 0xF00, 0, 5), (0x80, 6, 0x600, 0, 10), (0xC0, 1, 0, 4, 16)):
        table.host.refuses(*fields)
    assert table.host.interrupt() == b"\x50\x03"
    assert table.ask(0x62)[10:].hex().startswith("3b")
    assert table.transmit(SELECT_HELLO) == b"\x90\x00"
    assert table.transmit(bytes(4)) == b"Hello world!\x90\x00"


def test_a_pin_is_typed_and_an_entry_cancelled(tables):
    table = tables(1)
    table.ask(0x62)
    table.transmit(SELECT_DUMP)
    table.world.pin("1234", 1)
    assert table.ask(PC_to_RDR_Secure.bMessageType, ENTRY)[10:] == b"\x6a\x04"
    table.world.press(["1", "CANCEL"], 1)
    answer = table.ask(PC_to_RDR_Secure.bMessageType, ENTRY)
    assert (answer[7] >> 6, answer[8]) == (1, 0xEF)


def test_movements_are_heard(tables):
    table = tables(0)
    assert table.host.interrupt() == b"\x50\x03"
    for verb, told, status in (("eject", 2, 2), ("insert", 3, 1), ("eject", 2, 2)):
        table.ask(0x65)
        getattr(table.world, verb)()
        assert table.host.interrupt() == bytes((0x50, told))
        assert table.ask(0x65)[7] == status


def test_as_much_as_a_message_holds_goes_both_ways(tables):
    table = tables(1)
    table.ask(0x62)
    table.transmit(SELECT_DUMP)
    size = (65_535).to_bytes(2, "big")
    out = table.transmit(b"\0\x3c" + size + b"\0" + size)
    assert len(out) == 65_537
    assert table.transmit(b"\0\x3a\0\0\0" + size + out[:-2]) == b"\x90\x00"


def test_a_reader_that_is_pulled_out_is_gone_and_can_be_had_again(tables):
    table = tables(0)
    table.ask(0x65)
    table.world.unplug(0)
    assert table.host.gone()
    table.host.close()
    table.world.plug(0)
    again = tables(0)
    assert again.ask(0x62)[7] == 0


def test_debians_tool_lists_the_readers(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    way = IpWay(0)
    tool = need("usbip", "usbip")
    with World(PLACES, host=lambda places: UsbHost(places, way)):
        port = str(way._server.address[1])
        command = [tool, "--tcp-port", port, "list", "-r", "127.0.0.1"]
        shown = subprocess.run(command, check=True, capture_output=True, text=True, timeout=END)
    for words in ("1-1", "(1209:0001)", "1-2", "(1209:0002)", "(0b/00/00)"):
        assert words in shown.stdout
