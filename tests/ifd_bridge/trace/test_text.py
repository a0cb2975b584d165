from __future__ import annotations

import io

import pytest

from ifd_bridge.ifd import Code, Function
from ifd_bridge.trace import Event, events
from ifd_bridge.trace.text import Text, text_tap

AT = ("R", 0)
VERIFY = bytes.fromhex("0020008004") + b"1234"
LINES: list[tuple[Event, str]] = [
    (
        events.Called(0, *AT, Function.TRANSMIT_TO_ICC, 1, bytes.fromhex("00A40400")),
        "call    TransmitToICC T=1: 00 A4 04 00",
    ),
    (events.Called(0, *AT, Function.TRANSMIT_TO_ICC, 16, b"\0"), "call    TransmitToICC raw: 00"),
    (events.Called(0, *AT, Function.POWER_ICC, 500), "call    PowerICC UP"),
    (events.Called(0, *AT, Function.POWER_ICC, 9), "call    PowerICC 9"),
    (events.Called(0, *AT, Function.GET_CAPABILITIES, 0x10100), "GetCapabilities VENDOR_NAME"),
    (events.Called(0, *AT, Function.GET_CAPABILITIES, 0x0FAE), "GetCapabilities SLOTS_NUMBER"),
    (events.Called(0, *AT, Function.GET_CAPABILITIES, 0x1234), "GetCapabilities 0x1234"),
    (events.Called(0, *AT, Function.SET_PROTOCOL_PARAMETERS, 2), "SetProtocolParameters T=1"),
    (
        events.Called(0, *AT, Function.CONTROL, 0x42330006, b"\1"),
        "call    Control VERIFY_PIN_DIRECT: 01",
    ),
    (
        events.Answered(0, *AT, Function.POWER_ICC, 500, Code.ERROR_POWER_ACTION, b"", 0.0125),
        "answer  ERROR_POWER_ACTION (12.50 ms)",
    ),
    (
        events.Answered(0, *AT, Function.POWER_ICC, 500, Code.SUCCESS, b"\x3b\0", 2),
        "answer  SUCCESS: 3B 00 (2.00 s)",
    ),
    (events.MessageOut(0, *AT, b"\x65\0"), "  ccid >  PC_to_RDR_GetSlotStatus 65 00"),
    (events.MessageIn(0, *AT, b"\x81\0"), "  ccid <  RDR_to_PC_SlotStatus 81 00"),
    (events.MessageIn(0, *AT, b""), "  ccid <  nothing "),
    (events.MessageOut(0, *AT, b"\x42"), "  ccid >  message 42 42"),
    (events.Interrupted(0, *AT, b"\x50\3"), "  ccid !  RDR_to_PC_NotifySlotChange 50 03"),
    (events.PoweredUp(0, *AT, b"\x3b\0"), "    card ^  power up: 3B 00"),
    (events.PoweredUp(0, *AT, None), "    card ^  power up: no ATR, the card is mute"),
    (events.PoweredDown(0, *AT), "    card v  power down"),
    (
        events.CommandSent(0, *AT, bytes.fromhex("00A40400023F00")),
        "    card >  SELECT 00 A4 04 00 02 3F 00",
    ),
    (events.CommandSent(0, *AT, b"\0", 1), "    card > port 1  command 00"),
    (
        events.ResponseReceived(0, *AT, b"", bytes.fromhex("6A82"), 0.001),
        "    card <  6A 82 file or application not found (1.00 ms)",
    ),
    (events.ResponseReceived(0, *AT, b"", None, 1), "    card <  mute (1.00 s)"),
    (events.CardInserted(0, *AT), "card inserted"),
    (events.CardEjected(0, *AT), "card ejected"),
    (events.KeyPressed(0, *AT, "OK"), "key OK"),
    (events.Displayed(0, *AT, "PIN?\n*"), "display 'PIN?\\n*'"),
    (events.Event(0, *AT), "Event"),
]


@pytest.mark.parametrize(("event", "words"), LINES)
def test_every_event_is_a_line_with_names(event: Event, words: str) -> None:
    assert Text().words(event).endswith(words)


def test_a_line_has_time_and_place() -> None:
    event = events.CardInserted(1.25, "Reader", 1)
    assert Text().line(event).endswith(".250000 Reader/1  card inserted")


def test_long_data_are_cut_and_counted() -> None:
    event = events.MessageIn(0, *AT, b"\x80" + bytes(99))
    assert Text(limit=2).words(event).endswith("80 00 ... 98 more")
    assert Text(limit=None).words(event).count("00") == 99


@pytest.mark.parametrize(("pins", "shown"), [(False, "** ** ** **"), (True, "31 32 33 34")])
def test_pins_are_stars_unless_asked_for(pins: bool, shown: str) -> None:
    file = io.StringIO()
    tap = text_tap(file, pins=pins)
    tap(events.CommandSent(0, *AT, VERIFY))
    tap(events.Called(0, *AT, Function.TRANSMIT_TO_ICC, 1, VERIFY))
    lines = file.getvalue().splitlines()
    assert len(lines) == 2
    assert all(line.endswith(f"00 20 00 80 04 {shown}") for line in lines)
