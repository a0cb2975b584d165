from __future__ import annotations

from dataclasses import replace

import pytest

from readers import CcidReader
from readers.ccid.codes import MessageType
from readers.ccid.descriptor import Descriptor, Features
from readers.models import PLAIN, Model
from readers.usb.device import Device, Stall
from readers.usb.iccd import _power_select, token
from readers.usb.setup import Setup
from tests.kits.reader_host import ATR_T0, ATR_T1, FakeCard

TOKEN_B = replace(
    PLAIN,
    interface_protocol=2,
    endpoints=(),
    descriptor=Descriptor(dwFeatures=0x00020840, dwMaxCCIDMessageLength=271),
)
TOKEN_A = replace(
    PLAIN,
    interface_protocol=1,
    endpoints=(),
    descriptor=Descriptor(dwFeatures=0x00000840, dwProtocols=1, dwMaxCCIDMessageLength=271),
)
READ, WRITE = 0xA1, 0x21


class Bus:
    """A host of one token."""

    def __init__(self, model: Model, card: FakeCard | None, *, later: bool = False) -> None:
        self.reader = CcidReader(model)
        if card is not None:
            self.reader.insert(card)
        self.device = Device(self.reader, self._take)
        self.later = later
        self.kept: list[bytes] = []
        self.device.control(Setup(0, 9, 1))

    def _take(self, message: bytes) -> bool:
        if self.later:
            self.kept.append(message)
        else:
            self.reader.handle(message, 0.0)
        return True

    def read(self, request: int, length: int = 4096) -> bytes:
        return self.device.control(Setup(READ, request, 0, 0, length))

    def write(self, request: int, data: bytes = b"", value: int = 0) -> None:
        assert self.device.control(Setup(WRITE, request, value, 0, len(data)), data) == b""


def b_with(card: FakeCard, **more: bool) -> Bus:
    bus = Bus(TOKEN_B, card, **more)
    if not more:
        bus.write(0x62)
        assert bus.read(0x6F) == b"\0" + card.atr  # type: ignore[operator] # there is one
    return bus


def test_version_b_exchanges_apdus_in_data_blocks() -> None:
    bus = b_with(FakeCard(ATR_T1))
    bus.write(0x65, b"\0\xa4\0\0")
    assert bus.read(0x6F) == b"\0" + b"\0\xa4\0\0\x90\0"
    assert bus.read(0x81, 3) == b"\0\0\0"
    bus.write(0x63)
    assert bus.read(0x81, 3) == b"\0\1\0"


def test_version_b_tells_what_failed() -> None:
    bus = b_with(FakeCard(ATR_T1, answer=lambda _: None))
    bus.write(0x65, b"\0\xa4\0\0")
    assert bus.read(0x6F)[:1] == b"\x40"


def test_version_b_lets_the_host_poll_while_the_reader_works() -> None:
    bus = b_with(FakeCard(ATR_T1), later=True)
    bus.write(0x62)
    assert bus.read(0x6F) == b"\x80\1\0"
    assert bus.device.token is not None
    bus.reader.handle(bus.kept[0], 0.0)
    answer = bus.reader.bulk_in.popleft()
    bus.device.token.answered(answer[:7] + b"\x80" + answer[8:])
    assert bus.read(0x6F) == b"\x80\1\0"
    bus.device.token.answered(answer)
    assert bus.read(0x6F) == b"\0" + ATR_T1


def test_nothing_begun_is_nothing_to_fetch() -> None:
    for model in (TOKEN_A, TOKEN_B):
        with pytest.raises(Stall):
            Bus(model, FakeCard(ATR_T0)).read(0x6F)


def test_a_bus_reset_forgets_what_was_begun() -> None:
    bus = b_with(FakeCard(ATR_T1))
    bus.device.control(Setup(0, 9, 1))
    with pytest.raises(Stall):
        bus.read(0x6F)


def a_with(answer: bytes) -> tuple[Bus, FakeCard]:
    card = FakeCard(ATR_T0, answer=lambda _: answer)
    bus = Bus(TOKEN_A, card)
    assert bus.read(0x62, 33) == ATR_T0
    assert bus.read(0xA0, 1) == b"\0"
    return bus, card


def test_version_a_takes_a_header_and_tells_status_words() -> None:
    bus, card = a_with(b"\x90\0")
    bus.write(0x65, bytes.fromhex("0044000000"))
    if bus.read(0xA0, 1) == b"\x10":
        assert bus.read(0x6F, 256) == b""
    assert bus.read(0xA0, 1) == b"\x20"
    assert bus.read(0x6F, 2) == b"\x90\0"
    assert len(card.commands) == 1


def test_version_a_waits_for_the_data_of_a_command() -> None:
    bus, card = a_with(b"\x90\0")
    bus.write(0x65, bytes.fromhex("00D6000003"))
    assert bus.read(0xA0, 1) == b"\x10"
    bus.write(0x65, b"\1\2\3")
    assert bus.read(0xA0, 1) == b"\x20"
    assert bus.read(0x6F, 2) == b"\x90\0"
    assert card.commands == [bytes.fromhex("00D6000003010203")]


def test_version_a_gives_data_and_then_the_status_words() -> None:
    bus, _ = a_with(b"\1\2\3\4\x90\0")
    bus.write(0x65, bytes.fromhex("00B0000004"))
    assert bus.read(0xA0, 1) == b"\x10"
    assert bus.read(0x6F, 256) == b"\1\2\3\4"
    assert bus.read(0xA0, 1) == b"\x20"
    assert bus.read(0x6F, 2) == b"\x90\0"


def test_version_a_goes_on_when_the_card_that_asked_for_time_has_had_it() -> None:
    came = [b"\x60", b"\x60", b"\xd6"]
    made = token(TOKEN_A, lambda _: bytes(10) + came.pop(0))
    assert made is not None
    made.request(Setup(WRITE, 0x65, 0, 0, 5), bytes.fromhex("00D6000003"))
    assert came == []
    assert made.request(Setup(READ, 0xA0, 0, 0, 1), b"") == b"\x10"


def test_version_a_is_mute_where_the_card_is() -> None:
    bus = Bus(TOKEN_A, FakeCard(None))
    with pytest.raises(Stall):
        bus.read(0x62, 33)
    assert bus.read(0xA0, 1) == b"\x80"


def test_version_a_is_busy_while_the_reader_works() -> None:
    bus = Bus(TOKEN_A, FakeCard(ATR_T0), later=True)
    with pytest.raises(Stall):
        bus.read(0x62, 33)
    assert bus.read(0xA0, 1) == b"\x40"


def test_what_a_version_does_not_know_stalls() -> None:
    for model, request in ((TOKEN_A, 0x81), (TOKEN_B, 0xA0), (TOKEN_A, 0x77)):
        with pytest.raises(Stall):
            Bus(model, FakeCard(ATR_T0)).read(request)
    with pytest.raises(Stall):
        Bus(TOKEN_A, FakeCard(ATR_T0)).write(0x65, b"\0\0\0")


@pytest.mark.parametrize("voltages", [0, 1, 2, 4, 7, 0x88])
def test_the_voltage_is_the_one_that_the_token_has(voltages: int) -> None:
    descriptor = replace(TOKEN_B.descriptor, bVoltageSupport=voltages)
    sent: list[bytes] = []
    made = token(replace(TOKEN_B, descriptor=descriptor), sent.append)  # type: ignore[arg-type] # None
    assert made is not None
    made.request(Setup(WRITE, 0x62), b"")
    assert sent[0][7] == {0: 1, 1: 1, 2: 2, 4: 3, 7: 1, 0x88: 1}[voltages]


def test_readers_with_endpoints_are_no_tokens() -> None:
    assert token(PLAIN, bytes) is None


@pytest.mark.parametrize(
    ("features", "voltages", "chosen"),
    [(Features.AUTO_VOLTAGE, 7, 0), (Features.AUTO_ACTIVATION, 2, 0), (0, 4, 3), (0, 0, 1)],
)
def test_the_power_is_chosen_automatically_or_as_the_token_has_it(
    features: int, voltages: int, chosen: int
) -> None:
    descriptor = replace(PLAIN.descriptor, dwFeatures=int(features), bVoltageSupport=voltages)
    assert _power_select(replace(PLAIN, descriptor=descriptor)) == chosen


def test_nothing_is_pending_after_a_reset() -> None:
    bus = Bus(TOKEN_B, FakeCard(), later=True)
    made = token(bus.reader.model, lambda _: None)
    assert made is not None
    made.message(MessageType.PC_to_RDR_IccPowerOn)
    assert made.pending
    made.reset()
    assert not made.pending
