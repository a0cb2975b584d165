"""Driver, reader and card in one process: every exchange level, protocol, case and length."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver
from ifd_bridge.ifdh.api import Answer, Code, Power
from readers import CcidReader
from readers.ccid.descriptor import ExchangeLevel, Features
from readers.models import PLAIN, Model, at_level
from vcard import Card, Later
from vcard.applet import Applet, handles
from vcard.atr.atr import Atr
from vcard.atr.values import Edc

AID = bytes.fromhex("F0766361726401")
SELECT = bytes.fromhex("00A4040C07") + AID
REFUSED = Answer(Code.COMMUNICATION_ERROR)
OK = b"\x90\x00"


@cache
def pattern(size: int) -> bytes:
    return bytes((i * 11 + 3) & 0xFF for i in range(size))


class Store(Applet):
    """Gives as many bytes as it is asked for, and keeps those it is given."""

    aid = AID

    @handles(ins=0xB0)
    def read(self, command):
        return pattern(command.ne if command.p1 == 0 else command.p1p2)

    @handles(ins=0xD6)
    def write(self, command):
        self.kept = command.data

    @handles(ins=0x10)
    def echo(self, command):
        self.kept = command.data
        return command.data[: command.ne]

    @handles(ins=0x20)
    def slow(self, command):
        return Later(command.p1p2, lambda: b"late")

    @handles(ins=0x0E)
    def nothing(self, command):
        return None


class Host:
    """A driver with a reader of some level and a card that speaks one protocol."""

    def __init__(self, level: ExchangeLevel, protocol: int, ifsc: int | None = 254) -> None:
        self.connect(level, protocol, Atr.build((protocol,), ifsc=ifsc if protocol else None))

    def connect(
        self, level: ExchangeLevel, protocol: int, atr: Atr, model: Model | None = None
    ) -> None:
        self.level, self.protocol = level, protocol
        self.applet = Store()
        self.reader = CcidReader(model or at_level(PLAIN, level))
        self.cable = DirectCable(self.reader)
        self.slot = Driver(self.cable, self.reader.model).slots[0]
        self.reader.insert(Card(self.applet, atr=atr))
        assert self.slot.power_icc(Power.UP).code is Code.SUCCESS
        assert self.slot.set_protocol_parameters(1 << protocol).code is Code.SUCCESS
        assert self.send(SELECT).data == OK

    def send(self, command: bytes) -> Answer:
        return self.slot.transmit_to_icc(command, self.protocol)

    def fetch(self, command: bytes) -> bytes:
        """Handle T=0 like an application: repeat after 6Cxx, GET RESPONSE after 61xx."""
        answer = self.send(command)
        assert answer.code is Code.SUCCESS
        data = answer.data
        if data[-2] == 0x6C:
            return self.fetch(command[:4] + data[-1:])
        while data[-2] == 0x61:
            more = self.send(bytes((0, 0xC0, 0, 0, data[-1])))
            assert more.code is Code.SUCCESS
            data = data[:-2] + more.data
        return data


@pytest.fixture(params=[0, 1], ids=["T=0", "T=1"])
def protocol(request):
    return request.param


@pytest.fixture(params=ExchangeLevel, ids=lambda level: level.name.lower())
def host(request, protocol):
    return Host(request.param, protocol)


def passes(host: Host, command: bytes, response: int) -> bool:
    """Whether an extended APDU passes: where the reader takes it in pieces, or the host makes
    blocks of it, or where it fits into a message as it is."""
    if host.level is ExchangeLevel.EXTENDED_APDU:
        return True
    if host.level is ExchangeLevel.SHORT_APDU:
        return max(len(command), response) <= 261
    return host.protocol == 1


def test_case_1(host):
    assert host.send(bytes.fromhex("000E0000")) == Answer(Code.SUCCESS, OK)


def test_a_card_is_waited_for_as_long_as_it_asks(host):
    for seconds in (0, 1, 3, 600):
        before = host.cable.now
        command = b"\0\x20" + seconds.to_bytes(2, "big") + b"\4"
        assert host.send(command) == Answer(Code.SUCCESS, b"late" + OK)
        assert host.cable.now - before == pytest.approx(seconds)


def test_case_2(host):
    for size in (1, 255, 256):
        command = bytes((0, 0xB0, 0, 0, size & 0xFF))
        assert host.send(command) == Answer(Code.SUCCESS, pattern(size) + OK)


def test_case_3(host):
    for size in (1, 255):
        command = bytes((0, 0xD6, 0, 0, size)) + pattern(size)
        assert host.send(command) == Answer(Code.SUCCESS, OK)
        assert host.applet.kept == pattern(size)


def test_case_4(host):
    for size in (1, 255):
        command = bytes((0, 0x10, 0, 0, size)) + pattern(size)
        if host.protocol == 0 and host.level is ExchangeLevel.CHARACTER:
            assert host.send(command + b"\0") == REFUSED  # as the genuine driver does
            assert host.fetch(command) == pattern(size) + OK
        else:
            assert host.fetch(command + b"\0") == pattern(size) + OK
        assert host.applet.kept == pattern(size)


def test_extended_case_2(host):
    for size in (256, 257, 1000, 65535):
        command = bytes((0, 0xB0, 0, 0, 0)) + size.to_bytes(2, "big")
        expected = Answer(Code.SUCCESS, pattern(size) + OK)
        assert host.send(command) == (expected if passes(host, command, size + 2) else REFUSED)


def write_and_echo(host, size):
    header = b"\0" + size.to_bytes(2, "big") + pattern(size)
    write, echo = b"\0\xd6\0\0" + header, b"\0\x10\0\0" + header + b"\0\0"
    if passes(host, write, 2):
        assert host.send(write) == Answer(Code.SUCCESS, OK)
        assert host.applet.kept == pattern(size)
    else:
        assert host.send(write) == REFUSED
    if passes(host, echo, size + 2):
        assert host.fetch(echo) == pattern(size) + OK
    else:
        assert host.send(echo) == REFUSED


def test_extended_cases_3_and_4(host):
    for size in (1, 255, 256, 257, 1000):
        write_and_echo(host, size)


@pytest.mark.slow
def test_the_longest_extended_cases_3_and_4(host):
    write_and_echo(host, 65535)


@pytest.mark.parametrize(
    ("level", "ifsc"),
    [(ExchangeLevel.TPDU, n) for n in (1, 16, 32, None)]
    + [(ExchangeLevel.CHARACTER, n) for n in (32, None)],
)
def test_small_blocks_carry_large_apdus(level, ifsc):
    host = Host(level, 1, ifsc)
    echo = b"\0\x10\0\0\0\x03\xe8" + pattern(1000) + b"\0\0"
    assert host.send(echo) == Answer(Code.SUCCESS, pattern(1000) + OK)


def test_at_character_level_a_smaller_ifsc_is_not_heeded():
    """The genuine driver sets IFSC at the TPDU level alone; such a card refuses its blocks."""
    host = Host(ExchangeLevel.CHARACTER, 1, 20)
    assert host.send(b"\0\xd6\0\0\x20" + bytes(32)) == REFUSED


@pytest.mark.parametrize("level", ExchangeLevel)
def test_a_card_of_both_protocols_is_brought_to_either_by_a_pps(level):
    for protocol in (0, 1):
        host = Host.__new__(Host)
        host.connect(level, protocol, Atr.build((0, 1), fi=512, di=32, ifsc=254))
        assert host.send(bytes((0, 0xB0, 0, 0, 9))) == Answer(Code.SUCCESS, pattern(9) + OK)


def test_a_card_with_a_crc_is_spoken_to_with_a_crc():
    for level in ExchangeLevel:
        host = Host.__new__(Host)
        host.connect(level, 1, Atr.build((1,), edc=Edc.CRC))
        assert host.send(bytes((0, 0xB0, 0, 0, 99))) == Answer(Code.SUCCESS, pattern(99) + OK)


@pytest.mark.parametrize("feature", [Features.AUTO_PPS, Features.AUTO_NEGOTIATION])
@pytest.mark.parametrize("level", [ExchangeLevel.TPDU, ExchangeLevel.CHARACTER])
@pytest.mark.parametrize("protocol", [0, 1])
def test_readers_that_negotiate_are_left_to_it(feature, level, protocol):
    model = at_level(PLAIN, level)
    features = model.descriptor.dwFeatures | feature | Features.AUTO_IFSD
    host = Host.__new__(Host)
    host.connect(
        level,
        protocol,
        Atr.build((0, 1), ifsc=254),
        replace(model, descriptor=replace(model.descriptor, dwFeatures=features)),
    )
    assert host.send(bytes((0, 0xB0, 0, 0, 99))) == Answer(Code.SUCCESS, pattern(99) + OK)
