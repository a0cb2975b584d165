from __future__ import annotations

from ifd_bridge.driver.host_protocol import HostProtocol
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.driver.link import Reply
from ifd_bridge.ifdh.api import Answer, Code, ScardProtocol
from readers.models import PLAIN
from tests.kits.bridge.fakes import link
from vcard.atr.atr import Atr
from vcard.atr.values import Edc
from vcard.transmission.steps import Send


class Mute(HostProtocol):
    """A level whose card says nothing to a block."""

    def __init__(self) -> None:
        super().__init__(link()[0], KnownReader.of(PLAIN))
        self.patience: list[float] = []

    def negotiate(self, atr: Atr) -> Code:
        return Code.SUCCESS

    def transmit_t0(self, command: bytes, timeout_s: float | None) -> Answer:
        return Answer(Code.SUCCESS, command)

    def carry(self, send: Send, timeout_s: float) -> Reply:
        self.patience.append(timeout_s)
        return Reply(Code.COMMUNICATION_ERROR)


def test_the_protocol_of_a_command_says_who_carries_it() -> None:
    level = Mute()
    assert level.transmit(b"abcd", 0) == Answer(Code.SUCCESS, b"abcd")
    assert level.transmit(b"abcd", 16).code is Code.PROTOCOL_NOT_SUPPORTED
    assert level.transmit(b"", 1).code is Code.COMMUNICATION_ERROR
    assert level.transmit(b"abcd", 1, 7.0).code is Code.COMMUNICATION_ERROR
    assert set(level.patience) == {7.0}


def test_t1_begins_anew_with_power() -> None:
    level, atr = Mute(), Atr.parse(bytes.fromhex("3B80810E8F"))
    assert level.protocol_set(ScardProtocol.T0, atr) is Code.SUCCESS
    assert level.protocol == 0
    assert level.protocol_set(ScardProtocol.T1, atr) is Code.SUCCESS
    assert (level.protocol, level.t1.edc) == (1, Edc.LRC)
    level.powered()
    assert level.protocol is None
