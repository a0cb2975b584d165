"""A reader at a unix socket, and a guest that speaks its bytes."""

import os
import random
import socket
import stat
import threading

import pytest

from applets.hello import Hello
from ifd_bridge.faces import usbredir_frames as frames
from ifd_bridge.faces.usb_port import UsbPort
from ifd_bridge.faces.usbredir import Listener, peer
from ifd_bridge.faces.usbredir_frames import Bulk, Parser, Status, Type
from readers import CcidReader, models
from readers.usb.hid import HID_IN, HID_OUT
from tests.ifd_bridge.faces.test_usb_port import Echo
from tests.ifd_bridge.faces.test_usbredir_frames import greeting
from tests.kits.dual import DUAL
from tests.kits.reader_host import FakeCard
from tests.readers.usb.test_iccd import TOKEN_B
from vcard import Card

STATUS = bytes.fromhex("65000000000005000000")
END = 10.0


class FromDevice(Parser):
    """Reads what a device sends, where the product's parser reads what a guest sends."""

    def __init__(self, caps):
        super().__init__()
        self.ours = caps

    def _checked(self, number, length):
        return Type(number)

    def _greeted(self, body):
        super()._greeted(body)
        self.caps &= self.ours


class Guest:
    """A virtual machine's end of the socket."""

    def __init__(self, path, caps=0xFF):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(END)
        self.sock.connect(str(path))
        self.out = Parser()
        list(self.out.feed(greeting(caps)))
        self.parser, self.messages = FromDevice(caps), []
        self.sock.sendall(greeting(caps))

    def hear(self, kind):
        """Return the next message of a type, skipping others."""
        while True:
            for message in self._more():
                if message.type is kind:
                    return message

    def _more(self):
        if not self.messages:
            data = self.sock.recv(1 << 16)
            if not data:
                raise EOFError
            self.messages = list(self.parser.feed(data))
        while self.messages:
            yield self.messages.pop(0)

    def say(self, kind, token=0, body=b""):
        self.sock.sendall(self.out.pack(kind, token, body))

    def ask(self, kind, answer, body=b"", token=1):
        self.say(kind, token, body)
        heard = self.hear(answer)
        assert heard.token == token
        return heard.body

    def bulk(self, token, bulk):
        self.sock.sendall(self.out.pack_bulk(token, bulk))

    def moved(self):
        message = self.hear(Type.BULK_PACKET)
        return message.token, self.parser.bulk(message.body)

    def control(self, endpoint, kind, request, value, index, length, data=b""):
        head = frames.CONTROL.pack(endpoint, request, kind, 0, value, index, length)
        body = self.ask(Type.CONTROL_PACKET, Type.CONTROL_PACKET, head + data)
        return body[3], body[frames.CONTROL.size :]

    def configured(self):
        self.hear(Type.DEVICE_CONNECT)
        assert self.ask(Type.SET_CONFIGURATION, Type.CONFIGURATION_STATUS, b"\1") == b"\0\1"
        return self

    def listening(self):
        start, status = Type.START_INTERRUPT_RECEIVING, Type.INTERRUPT_RECEIVING_STATUS
        assert self.ask(start, status, b"\x83") == b"\0\x83"
        return self


@pytest.fixture
def port():
    made = UsbPort(CcidReader(models.PLAIN))
    yield made
    made.close()


@pytest.fixture
def listener(port, tmp_path):
    made = Listener(port, tmp_path / "reader0")
    made.open()
    yield made
    made.close()


def test_the_socket_is_its_owners_alone_and_goes_with_the_listener(listener):
    assert stat.S_IMODE(listener.path.stat().st_mode) == 0o600
    listener.close()
    assert not listener.path.exists()
    listener.close()


def test_what_a_dead_server_left_is_replaced_and_a_living_one_is_not(port, listener, tmp_path):
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "left"))
    left.close()
    again = Listener(port, tmp_path / "left")
    again.open()
    again.close()
    with pytest.raises(OSError, match="in use"):
        Listener(port, listener.path).open()


@pytest.mark.parametrize("caps", [0xFF, 0x70, 0])
def test_a_guest_is_told_of_the_device_after_its_hello(port, listener, caps):
    guest = Guest(listener.path, caps)
    assert guest.hear(Type.HELLO).body[:5] == b"vcard"
    kinds = [guest.hear(kind).type for kind in (Type.INTERFACE_INFO, Type.EP_INFO)]
    assert kinds == [Type.INTERFACE_INFO, Type.EP_INFO]
    body = guest.hear(Type.DEVICE_CONNECT).body
    assert body[4:8].hex() == "09120100"
    assert len(body) == (10 if caps & 2 else 8)
    assert f"process {os.getpid()} (test)" in port.host.name


def test_configuration_and_alternate_settings_are_asked_and_chosen(listener):
    guest = Guest(listener.path)
    guest.hear(Type.DEVICE_CONNECT)
    status = Type.CONFIGURATION_STATUS
    assert guest.ask(Type.GET_CONFIGURATION, status) == b"\0\0"
    assert guest.ask(Type.SET_CONFIGURATION, status, b"\2") == b"\4\0"
    assert guest.ask(Type.SET_CONFIGURATION, status, b"\1") == b"\0\1"
    status = Type.ALT_SETTING_STATUS
    assert guest.ask(Type.SET_ALT_SETTING, status, b"\0\0") == b"\0\0\0"
    assert guest.ask(Type.SET_ALT_SETTING, status, b"\0\1") == b"\4\0\0"
    assert guest.ask(Type.GET_ALT_SETTING, status, b"\0") == b"\0\0\0"
    assert guest.ask(Type.GET_ALT_SETTING, status, b"\1") == b"\4\1\0"


def test_control_transfers_are_answered_or_stall(listener):
    guest = Guest(listener.path).configured()
    assert guest.control(0x80, 0x80, 8, 0, 0, 1) == (0, b"\1")
    assert guest.control(0x80, 0x80, 6, 0xF00, 0, 5) == (Status.STALL, b"")
    assert guest.control(0, 2, 3, 0, 0x82, 0) == (0, b"")


def test_messages_go_both_ways(listener):
    guest = Guest(listener.path).configured()
    guest.bulk(4, Bulk(1, 0, len(STATUS), STATUS))
    assert guest.moved() == (4, Bulk(1, 0, 10))
    guest.bulk(5, Bulk(0x82, 0, 65554))
    token, answer = guest.moved()
    assert (token, answer.status, answer.data.hex()) == (5, 0, "81000000000005020000")


def test_what_no_endpoint_takes_stalls_and_what_does_not_fit_is_babble(listener):
    guest = Guest(listener.path).configured()
    guest.bulk(1, Bulk(2, 0, 1, b"x"))
    assert guest.moved()[1].status == Status.STALL
    guest.bulk(2, Bulk(0x84, 0, 64))
    assert guest.moved()[1].status == Status.STALL
    guest.bulk(3, Bulk(1, 0, len(STATUS), STATUS))
    guest.moved()
    guest.bulk(4, Bulk(0x82, 0, 4))
    assert guest.moved()[1].status == Status.BABBLE


def test_a_transfer_that_waits_can_be_cancelled(listener):
    guest = Guest(listener.path).configured()
    guest.bulk(9, Bulk(0x82, 0, 64))
    guest.say(Type.CANCEL_DATA_PACKET, 9)
    assert guest.moved() == (9, Bulk(0x82, Status.CANCELLED, 0))
    guest.say(Type.CANCEL_DATA_PACKET, 9)
    assert guest.control(0x80, 0x80, 8, 0, 0, 1) == (0, b"\1")  # and nothing before it


def test_interrupts_are_sent_while_the_guest_receives_them(port, listener):
    guest = Guest(listener.path).configured()
    port.functions[0].reader.insert(Card(Hello()))
    guest.listening()
    heard = guest.hear(Type.INTERRUPT_PACKET)
    assert heard.body == frames.INTERRUPT.pack(0x83, 0, 2) + b"\x50\x03"
    stop, status = Type.STOP_INTERRUPT_RECEIVING, Type.INTERRUPT_RECEIVING_STATUS
    assert guest.ask(stop, status, b"\x83") == b"\0\x83"
    start = Type.START_INTERRUPT_RECEIVING
    assert guest.ask(start, status, b"\x82") == bytes((Status.STALL, 0x82))


def test_a_reset_takes_the_configuration_away(port, listener):
    guest = Guest(listener.path).configured()
    guest.say(Type.RESET)
    assert guest.ask(Type.GET_CONFIGURATION, Type.CONFIGURATION_STATUS) == b"\0\0"


def test_unplugging_and_plugging_is_told_on_the_same_connection(port, listener):
    guest = Guest(listener.path).configured()
    port.unplug()
    guest.hear(Type.DEVICE_DISCONNECT)
    guest.say(Type.DEVICE_DISCONNECT_ACK)
    port.plug()
    listener.plugged()
    guest.configured()


def test_a_guest_that_comes_while_the_device_is_out_gets_it_later(port, listener):
    port.unplug()
    guest = Guest(listener.path)
    guest.hear(Type.HELLO)
    port.plug()
    while port.host is None:
        listener.plugged()
    guest.configured()


def serves_again(listener):
    """The next guest may have to come more than once."""
    while True:
        try:
            Guest(listener.path).configured()
        except (EOFError, OSError):
            continue
        break


def test_a_second_guest_is_hung_up_on_and_the_next_one_served(port, listener):
    first = Guest(listener.path).configured()
    with pytest.raises((EOFError, OSError)):
        Guest(listener.path).hear(Type.DEVICE_CONNECT)
    first.sock.close()
    serves_again(listener)


def test_a_guest_that_speaks_nonsense_is_hung_up_on(listener):
    guest = Guest(listener.path).configured()
    guest.say(Type.BULK_PACKET, 1, bytes(9))
    with pytest.raises((EOFError, OSError)):
        guest.hear(Type.BULK_PACKET)


def test_filters_and_acknowledgements_ask_for_nothing(listener):
    guest = Guest(listener.path).configured()
    guest.say(Type.FILTER_FILTER, 0, b"-1,-1,-1,-1,1\0")
    guest.say(Type.FILTER_REJECT)
    assert guest.control(0x80, 0x80, 8, 0, 0, 1) == (0, b"\1")


@pytest.mark.slow  # filling a socket takes much data
def test_a_guest_that_stops_reading_costs_nothing(port, listener):
    """Its socket fills up; the reader continues, and the card is reported when it reads again."""
    guest = Guest(listener.path).configured().listening()
    flood = threading.Thread(target=_flood, args=(guest,))
    flood.start()
    card = Card(Hello())
    for _ in range(200):
        port.functions[0].reader.insert(card)
        port.functions[0].reader.eject()
    port.functions[0].reader.insert(card)
    interrupts, last = [], 0
    while last < MANY:
        for message in guest._more():
            if message.type is Type.INTERRUPT_PACKET:
                interrupts.append(message.body[4:])
            last = max(last, message.token)
    flood.join(END)
    guest.bulk(MANY + 1, Bulk(1, 0, len(STATUS), STATUS))  # it looks again
    while b"\x50\x03" not in interrupts[-1:]:
        interrupts.append(guest.hear(Type.INTERRUPT_PACKET).body[4:])
    assert len(interrupts) < 10


MANY = 20_000


def _flood(guest):
    """Ask for descriptors, and read no answer."""
    head = frames.CONTROL.pack(0x80, 6, 0x80, 0, 0x200, 0, 255)
    for number in range(1, MANY + 1):
        guest.say(Type.CONTROL_PACKET, number, head)


def test_hostile_guests_do_not_disturb_the_next_one(listener):
    chance = random.Random(9)
    for _ in range(200):
        try:
            guest = Guest(listener.path)
            raw = bytearray(
                guest.out.pack(Type.SET_CONFIGURATION, 5, b"\1")
                + guest.out.pack(Type.CONTROL_PACKET, 6, chance.randbytes(10))
                + guest.out.pack_bulk(7, Bulk(1, 0, 70, chance.randbytes(70)))
                + guest.out.pack_bulk(8, Bulk(0x82, 0, 700))
            )
            for _ in range(3):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            guest.sock.sendall(raw)
            guest.sock.close()
        except OSError:
            continue
    serves_again(listener)


def test_a_program_is_named_without_harm_and_one_without_a_name_known_by_its_number(monkeypatch):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer(ours).endswith(f"process {os.getpid()}")
        for name, shown in [
            (b"qemu\n", "qemu, "), (b"\xff\xfeq\n", "\ufffd\ufffdq, "), (b"\x1b[31m\n", "?[31m, "),
        ]:  # fmt: skip
            monkeypatch.setattr("ifd_bridge.faces.usbredir.Path.read_bytes", lambda _, n=name: n)
            assert peer(ours) == f"{shown}process {os.getpid()}"
        monkeypatch.setattr("ifd_bridge.faces.usbredir.Path.read_bytes", _refused)
        assert peer(ours) == f"process {os.getpid()}"


def _refused(_path):
    raise PermissionError


def test_reports_of_a_security_key_go_both_ways(tmp_path):
    port = UsbPort(CcidReader(models.PLAIN), function=Echo())
    made = Listener(port, tmp_path / "key")
    made.open()
    guest = Guest(made.path).configured()
    report = bytes(range(64))
    out = frames.INTERRUPT.pack(HID_OUT, 0, 64) + report
    assert guest.ask(Type.INTERRUPT_PACKET, Type.INTERRUPT_PACKET, out) == out[:4]
    start, status = Type.START_INTERRUPT_RECEIVING, Type.INTERRUPT_RECEIVING_STATUS
    assert guest.ask(start, status, bytes((HID_IN,))) == bytes((0, HID_IN))
    assert guest.hear(Type.INTERRUPT_PACKET).body == bytes((HID_IN, 0, 64, 0)) + report
    wrong = frames.INTERRUPT.pack(0x07, 0, 1) + b"x"
    refused = guest.ask(Type.INTERRUPT_PACKET, Type.INTERRUPT_PACKET, wrong)
    assert refused == bytes((0x07, Status.STALL, 0, 0))
    assert guest.ask(start, status, b"\x86") == b"\4\x86"
    made.close()
    port.close()


def test_a_device_that_is_plugged_in_is_not_given_to_a_guest_that_has_just_gone(listener, port):
    guest = Guest(listener.path)
    guest.hear(Type.DEVICE_CONNECT)
    session = listener._session
    guest.sock.close()
    assert session.ends()
    session.connect()  # by a plug whose check came before the guest left
    assert port.host is None
    Guest(listener.path).hear(Type.DEVICE_CONNECT)


def test_the_next_guest_may_come_before_the_one_before_is_forgotten(listener, port):
    """It is admitted once the device is free, however late the other one's thread is."""
    guest = Guest(listener.path)
    guest.hear(Type.DEVICE_CONNECT)
    with port.guard:
        guest.sock.close()  # its thread cannot let the device go
        later = Guest(listener.path)
    later.hear(Type.DEVICE_CONNECT)


def test_a_guest_has_each_interface_of_a_device(tmp_path):
    first, *others = map(CcidReader, DUAL)
    port = UsbPort(first, others=others)
    listener = Listener(port, tmp_path / "dual")
    listener.open()
    guest = Guest(listener.path).configured()
    for number, (out, into, interrupt) in enumerate(((0x01, 0x82, 0x83), (0x07, 0x88, 0x89))):
        guest.bulk(4, Bulk(out, 0, len(STATUS), STATUS))
        assert guest.moved() == (4, Bulk(out, 0, 10))
        guest.bulk(5, Bulk(into, 0, 65554))
        assert guest.moved()[1].data.hex() == "81000000000005020000"
        start, status = Type.START_INTERRUPT_RECEIVING, Type.INTERRUPT_RECEIVING_STATUS
        assert guest.ask(start, status, bytes((interrupt,))) == bytes((0, interrupt))
        port.functions[number].reader.insert(Card(Hello()))
        assert guest.hear(Type.INTERRUPT_PACKET).body == bytes((interrupt, 0, 2, 0)) + b"\x50\x03"
        guest.bulk(9, Bulk(into, 0, 64))
        guest.say(Type.CANCEL_DATA_PACKET, 9)
        assert guest.moved() == (9, Bulk(into, Status.CANCELLED, 0))
    listener.close()
    port.close()


def test_a_token_is_written_to_by_control_transfers(tmp_path):
    port = UsbPort(CcidReader(TOKEN_B))
    port.functions[0].reader.insert(FakeCard())
    listener = Listener(port, tmp_path / "token")
    listener.open()
    guest = Guest(listener.path).configured()
    assert guest.control(0, 0x21, 0x62, 0, 0, 0) == (0, b"")
    assert guest.control(0x80, 0xA1, 0x6F, 0, 0, 64)[1][:2] == b"\0\x3b"
    assert guest.control(0, 0x21, 0x65, 0, 0, 5, bytes(5)) == (0, b"")
    assert guest.control(0x80, 0xA1, 0x6F, 0, 0, 64)[1][:1] == b"\0"
    listener.close()
    port.close()
