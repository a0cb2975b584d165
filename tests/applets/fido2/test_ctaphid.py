import pytest
from fido2 import cbor

from applets.fido2.codes import Status
from applets.fido2.ctaphid import CtapHid
from applets.fido2.hid_packets import BROADCAST, Assembly, Command, Error, Packet, reports
from tests.kits.fido2.platform import ATTESTATION, Platform, creation, fido
from vcard import Memory, PowerLost, RamStore
from vcard.touch import Touch

MAKE = b"\x01" + cbor.encode(creation())
NONCE = bytes(range(8))


class Host:
    """A host on the other side of the reports."""

    def __init__(self, applet=None, memory=None):
        self.platform = Platform(applet or fido(), memory)
        self.winks = 0
        self.hid = CtapHid(self.platform.applet.authenticator, winked=self.wink)
        self.now = 0.0
        self.channel = self.open()

    def wink(self):
        self.winks += 1

    def open(self):
        command, data = self.send(Command.INIT, NONCE, BROADCAST)
        assert (command, data[:8]) == (Command.INIT, NONCE)
        return int.from_bytes(data[8:12], "big")

    def packets(self, command, data=b"", channel=None):
        answers = []
        for report in reports(self.channel if channel is None else channel, command, data):
            answers += self.hid.receive(report, self.now)
        return answers

    def send(self, command, data=b"", channel=None):
        return read(self.packets(command, data, channel))

    def refused(self, command, data=b"", channel=None):
        answer, code = self.send(command, data, channel)
        assert answer == Command.ERROR
        return Error(code[0])

    def after(self, seconds):
        self.now += seconds
        return read(self.hid.tick(self.now))


def read(answers):
    if not answers:
        return None
    first, *rest = map(Packet.parse, answers)
    assembly = Assembly(first, 0.0)
    for packet in rest:
        assembly.add(packet, 0.0)
    assert assembly.whole
    return assembly.command, assembly.data


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def waiting():
    return Host(fido(touch=Touch(None)))


def test_a_channel_is_opened_and_says_what_the_device_can(host):
    _, data = host.send(Command.INIT, NONCE, BROADCAST)
    assert data == NONCE + bytes.fromhex("00000002 02 010000 05")
    only = Host(fido(versions=("FIDO_2_1",)))
    assert only.send(Command.INIT, NONCE, BROADCAST)[1][-1] == 0x0D
    assert only.refused(Command.MSG, bytes(7)) is Error.INVALID_CMD


@pytest.mark.parametrize("size", [0, 57, 58, 1000, 7609])
def test_a_ping_comes_back(host, size):
    data = bytes(number % 251 for number in range(size))
    assert host.send(Command.PING, data) == (Command.PING, data)


def test_a_command_of_ctap2_is_answered(host):
    command, data = host.send(Command.CBOR, b"\x04")
    assert (command, data[0]) == (Command.CBOR, Status.SUCCESS)
    assert cbor.decode(data[1:])[5] == 2048
    assert host.send(Command.CBOR, MAKE)[1][0] == Status.SUCCESS
    assert host.hid.deadline is None
    assert host.after(1.0) is None


def test_a_command_of_u2f_is_answered(host):
    assert host.send(Command.MSG, bytes.fromhex("00030000000000")) == (
        Command.MSG,
        b"U2F_V2\x90\x00",
    )
    assert host.send(Command.MSG, b"\0\1")[1] == b"\x67\x00"
    assert host.send(Command.MSG, bytes.fromhex("00FF0000"))[1] == b"\x6d\x00"


def test_a_host_of_u2f_asks_until_the_user_touches():
    host = Host(fido(touch=Touch(2.0)))
    register = bytes.fromhex("00010000000040") + bytes(64) + b"\0\0"
    answers = []
    while not answers or answers[-1] == b"\x69\x85":
        answers.append(host.send(Command.MSG, register)[1])
        host.now += 0.5
    assert len(answers) == 5
    host.now += 10
    assert host.send(Command.MSG, register)[1] == b"\x69\x85"


def test_a_wait_is_told_every_hundred_milliseconds(waiting):
    assert waiting.send(Command.CBOR, MAKE) == (Command.KEEPALIVE, b"\x02")
    assert waiting.hid.deadline == pytest.approx(0.1)
    assert waiting.after(0.05) is None
    assert waiting.after(0.05) == (Command.KEEPALIVE, b"\x02")
    waiting.platform.applet.touch.press()
    command, data = waiting.after(0.1)
    assert (command, data[0]) == (Command.CBOR, Status.SUCCESS)
    assert waiting.hid.deadline is None


def test_a_wait_ends_after_thirty_seconds(waiting):
    waiting.send(Command.CBOR, MAKE)
    assert waiting.after(29.9)[0] == Command.KEEPALIVE
    assert waiting.after(0.2) == (Command.CBOR, bytes((Status.USER_ACTION_TIMEOUT,)))


def test_a_wait_is_cancelled_on_its_channel_alone(waiting):
    other = waiting.open()
    assert waiting.send(Command.CANCEL) is None
    waiting.send(Command.CBOR, MAKE)
    assert waiting.send(Command.CANCEL, channel=other) is None
    assert waiting.send(Command.CANCEL) == (Command.CBOR, bytes((Status.KEEPALIVE_CANCEL,)))
    assert not waiting.platform.applet.touch.wanted


def test_a_busy_device_says_so(waiting):
    other = waiting.open()
    waiting.send(Command.CBOR, MAKE)
    assert waiting.refused(Command.PING, channel=other) is Error.CHANNEL_BUSY
    assert waiting.refused(Command.PING) is Error.CHANNEL_BUSY
    assert waiting.open() == 3


def test_an_init_on_a_channel_begins_anew(waiting):
    waiting.send(Command.CBOR, MAKE)
    command, data = waiting.send(Command.INIT, NONCE)
    assert (command, int.from_bytes(data[8:12], "big")) == (Command.INIT, waiting.channel)
    assert waiting.send(Command.PING, b"x") == (Command.PING, b"x")
    first, *_ = reports(waiting.channel, Command.PING, bytes(100))
    assert waiting.hid.receive(first, 0.0) == []
    assert waiting.send(Command.INIT, NONCE)[0] == Command.INIT
    assert waiting.hid.deadline is None


def test_channels_that_nobody_opened_are_refused(host):
    for channel in (0, 99, BROADCAST):
        assert host.refused(Command.PING, b"x", channel) is Error.INVALID_CHANNEL
    assert host.refused(Command.INIT, NONCE, 99) is Error.INVALID_CHANNEL
    assert host.refused(Command.INIT, b"short", BROADCAST) is Error.INVALID_LEN


def test_a_message_that_stops_times_out(host):
    first, second, _ = reports(host.channel, Command.PING, bytes(150))
    assert host.hid.receive(first, 0.0) == []
    assert host.hid.deadline == 0.5
    assert host.hid.tick(0.4) == []
    assert host.hid.receive(second, 0.4) == []
    assert host.hid.tick(0.8) == []
    assert read(host.hid.tick(0.9)) == (Command.ERROR, bytes((Error.MSG_TIMEOUT,)))


def test_packets_out_of_order_end_the_message(host):
    first, second, third = reports(host.channel, Command.PING, bytes(150))
    assert host.hid.receive(second, 0.0) == []  # no host waits for it
    host.hid.receive(first, 0.0)
    assert read(host.hid.receive(third, 0.0)) == (Command.ERROR, bytes((Error.INVALID_SEQ,)))
    assert host.hid.deadline is None
    host.hid.receive(first, 0.0)
    assert read(host.hid.receive(first, 0.0)) == (Command.ERROR, bytes((Error.INVALID_SEQ,)))


def test_another_channel_cannot_break_into_a_message(host):
    other = host.open()
    first, second, third = reports(host.channel, Command.PING, bytes(150))
    host.hid.receive(first, 0.0)
    assert host.refused(Command.PING, b"x", other) is Error.CHANNEL_BUSY
    stray = bytes((0, 0, 0, other, 0)).ljust(64, b"\0")
    assert host.hid.receive(stray, 0.0) == []
    host.hid.receive(second, 0.0)
    assert read(host.hid.receive(third, 0.0))[0] == Command.PING


def test_a_wink_is_shown(host):
    assert host.send(Command.WINK) == (Command.WINK, b"")
    assert host.winks == 1
    assert host.refused(Command.WINK, b"x") is Error.INVALID_LEN
    CtapHid(host.platform.applet.authenticator).winked()


def test_a_lock_keeps_others_out(host):
    other = host.open()
    assert host.refused(Command.LOCK, b"") is Error.INVALID_LEN
    assert host.refused(Command.LOCK, b"\x0b") is Error.INVALID_PAR
    assert host.send(Command.LOCK, b"\x05") == (Command.LOCK, b"")
    assert host.refused(Command.PING, channel=other) is Error.CHANNEL_BUSY
    assert host.send(Command.PING)[0] == Command.PING
    host.now = 5.0
    assert host.send(Command.PING, channel=other)[0] == Command.PING


def test_unknown_and_empty_commands_are_refused(host):
    assert host.refused(0x20) is Error.INVALID_CMD
    assert host.refused(Command.CBOR) is Error.INVALID_LEN


class Failing(RamStore):
    error: type[Exception] | None = None

    def commit(self, changes):
        if self.error is not None:
            raise self.error
        super().commit(changes)


def test_a_device_that_lost_its_power_is_mute_until_the_next_power_up():
    store = Failing()
    host = Host(memory=Memory(store))
    store.error = PowerLost
    assert host.send(Command.CBOR, MAKE) is None
    assert host.send(Command.PING) is None
    store.error = None
    host.hid.power_up(1.0)
    host.open()
    assert host.send(Command.PING)[0] == Command.PING


def test_a_memory_that_cannot_be_written_is_an_error_of_its_own():
    store = Failing()
    host = Host(memory=Memory(store))
    made = host.send(Command.MSG, bytes.fromhex("00010000000040") + bytes(64) + b"\0\0")[1]
    handle = made[67 : 67 + made[66]]
    store.error = OSError
    data = bytes(64) + bytes((len(handle),)) + handle
    command = bytes.fromhex("0002030000") + len(data).to_bytes(2, "big") + data + b"\0\0"
    assert host.send(Command.MSG, command)[1] == b"\x65\x81"
    assert ATTESTATION
