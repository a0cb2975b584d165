"""Every built-in model transfers every length of every case, as in reader test programs.

The cases are those of HandlerTest's validation: the PIN dump counts bytes out and checks bytes in.
"""

from __future__ import annotations

import pytest

from applets.catalogue import CARDS
from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver, Slot
from ifd_bridge.ifdh.api import Code, Power
from readers import CcidReader
from readers.models import MODELS, Model

BOTH = "3B8780018065766361726481"
SELECT = bytes.fromhex("00A4040006A000000018FF")
LENGTHS = (1, 2, 127, 128, 129, 252, 253, 254, 255)
OK = b"\x90\x00"


def counting(size: int) -> bytes:
    return bytes(i & 0xFF for i in range(size))


class Host:
    """pcscd's way to a card: T=1 where the reader has it, else the card's first protocol."""

    def __init__(self, model: Model) -> None:
        reader = CcidReader(model)
        reader.insert(CARDS["pin-dump"](None, {"atr": BOTH}))
        self.slot: Slot = Driver(DirectCable(reader), model).slots[0]
        assert self.slot.power_icc(Power.UP).code is Code.SUCCESS
        accepted = self.slot.set_protocol_parameters(2).code is Code.SUCCESS
        self.protocol = 1 if accepted else 0
        if not accepted:
            assert self.slot.set_protocol_parameters(1).code is Code.SUCCESS
        assert self.transmit(SELECT) == OK

    def transmit(self, command: bytes) -> bytes:
        answer = self.slot.transmit_to_icc(command, self.protocol)
        assert answer.code is Code.SUCCESS
        return bytes(answer.data)

    def fetch(self, command: bytes) -> bytes:
        """Handle the TPDU level like an application: GET RESPONSE after 61xx."""
        answer = self.transmit(command)
        if answer[:1] == b"\x61" and len(answer) == 2:
            answer = self.transmit(bytes.fromhex("80C00000") + answer[1:])
        return answer


EMPTY_PACKETS = "gemalto-ct30"
"""Hosts take its empty packets for failed commands: no card works, with the genuine driver too."""


@pytest.fixture(params=[name for name in MODELS if name != EMPTY_PACKETS])
def host(request: pytest.FixtureRequest) -> Host:
    return Host(MODELS[request.param])


def test_case_1(host: Host) -> None:
    assert host.transmit(bytes.fromhex("8030000000")) == OK


def test_case_2(host: Host) -> None:
    for size in (*LENGTHS, 256):
        command = b"\x80\x34" + size.to_bytes(2, "big") + bytes((size & 0xFF,))
        assert host.transmit(command) == counting(size) + OK


def test_case_3(host: Host) -> None:
    for size in LENGTHS:
        assert host.transmit(b"\x80\x32\0\0" + bytes((size,)) + counting(size)) == OK


def test_case_4(host: Host) -> None:
    for size in LENGTHS:
        out = size + 1
        command = b"\x80\x36" + out.to_bytes(2, "big") + bytes((size,)) + counting(size)
        le = bytes((out & 0xFF,)) if host.protocol else b""
        assert host.fetch(command + le) == counting(out) + OK


def test_a_contactless_reader_runs_t1_with_a_card_that_offers_both() -> None:
    host = Host(MODELS["acr122u"])
    assert host.protocol == 1
    assert host.transmit(bytes.fromhex("8036000403000102")) == bytes.fromhex("00010203") + OK


def test_a_card_that_takes_time_is_waited_for(host: Host) -> None:
    assert host.transmit(bytes.fromhex("80380002")) == OK
