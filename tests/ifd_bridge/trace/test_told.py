"""Every event has words: a name, its bytes, what they mean."""

import pytest

from ifd_bridge.ifd import Code, Function
from ifd_bridge.trace import events
from ifd_bridge.trace.told import Layer, Mark, Told, tell

AT = (0.0, "R", 0)
SELECT = bytes.fromhex("00A4040007A000000018FF01")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (events.CommandSent(*AT, SELECT), ("SELECT", "PIN dump", None)),
        (events.CommandSent(*AT, SELECT, 2), ("SELECT", "PIN dump, port 2", None)),
        (events.CommandSent(*AT, bytes.fromhex("00A40400020102")), ("SELECT", "unknown AID", None)),
        (events.CommandSent(*AT, bytes.fromhex("01A40000023F00")),
         ("SELECT", "file 3F00, channel 1", None)),
        (events.CommandSent(*AT, bytes.fromhex("10DB00000101")),
         ("PUT DATA (TLV)", "chained", None)),
        (events.CommandSent(*AT, b"\0"), ("command", "too short", None)),
        (events.CommandSent(*AT, bytes.fromhex("00B00000050101")),
         ("READ BINARY", "offset 4: Lc is 5, but 2 bytes follow", None)),
        (events.ResponseReceived(*AT, b"", b"\x6a\x82", 0.001),
         ("6A82", "file or application not found, 1.00 ms", False)),
        (events.ResponseReceived(*AT, b"", b"\x90\0", 2), ("9000", "OK, 2.00 s", True)),
        (events.ResponseReceived(*AT, b"", None, 2), ("mute", "2.00 s", False)),
        (events.MessageOut(*AT, bytes.fromhex("62000000000000000000")),
         ("PC_to_RDR_IccPowerOn", "", None)),
        (events.MessageOut(*AT, b"\x62"), ("PC_to_RDR_IccPowerOn", "too short", False)),
        (events.MessageIn(*AT, bytes.fromhex("8000000000000040FE00")),
         ("RDR_to_PC_DataBlock", "ICC_MUTE", False)),
        (events.MessageIn(*AT, bytes.fromhex("80000000000000800200")),
         ("RDR_to_PC_DataBlock", "wait 2 times longer", None)),
        (events.MessageIn(*AT, bytes.fromhex("80000000000000000000")),
         ("RDR_to_PC_DataBlock", "", True)),
        (events.MessageIn(*AT, b""), ("nothing", "a packet without data", False)),
        (events.MessageIn(*AT, b"\x77"), ("message 77", "too short", False)),
        (events.Interrupted(*AT, b"\x50\x03"),
         ("RDR_to_PC_NotifySlotChange", "slot 0: card present, changed", None)),
        (events.Called(*AT, Function.POWER_ICC, 500), ("IFDHPowerICC", "UP", None)),
        (events.Called(*AT, Function.POWER_ICC, 7), ("IFDHPowerICC", "7", None)),
        (events.Called(*AT, Function.GET_CAPABILITIES, 0x303),
         ("IFDHGetCapabilities", "ATR", None)),
        (events.Called(*AT, Function.GET_CAPABILITIES, 0x99),
         ("IFDHGetCapabilities", "0x0099", None)),
        (events.Called(*AT, Function.SET_PROTOCOL_PARAMETERS, 2),
         ("IFDHSetProtocolParameters", "T=1", None)),
        (events.Called(*AT, Function.TRANSMIT_TO_ICC, 1, b"\0"),
         ("IFDHTransmitToICC", "T=1", None)),
        (events.Called(*AT, Function.CONTROL, 0x42000D48),
         ("IFDHControl", "GET_FEATURE_REQUEST", None)),
        (events.Answered(*AT, Function.CONTROL, 0, Code.ERROR_TAG, b"", 0.1),
         ("IFDHControl", "ERROR_TAG, 100.00 ms", False)),
        (events.PoweredUp(*AT, b"\x3b\0"), ("power up", "ATR", True)),
        (events.PoweredUp(*AT, None), ("power up", "the card is mute", False)),
        (events.PoweredDown(*AT), ("power down", "", None)),
        (events.KeyPressed(*AT, "OK"), ("key", "OK", None)),
        (events.Displayed(*AT, "Enter PIN:\n**"), ("display", "Enter PIN: / **", None)),
        (events.Displayed(*AT, ""), ("display", "-", None)),
        (events.Event(*AT), ("Event", "", None)),
    ],
)  # fmt: skip
def test_an_event_has_a_name_and_a_note(event, words):
    told = tell(event)
    assert (told.name, told.note, told.good) == words


def test_what_is_inside_stands_below():
    told = tell(events.ResponseReceived(*AT, b"", bytes.fromhex("6F048402A0009000"), 0))
    assert told.details == ("6F FCI: 4 bytes", "  84 DF name: A000")
    secure = bytes.fromhex("6901000000000000000004")
    assert tell(events.MessageOut(*AT, secure)).details == ("bPINOperation: cancel",)


def test_a_hidden_pin_is_stars_and_a_shown_one_is_not():
    hidden = Told(Layer.APDU, Mark.TO_CARD, "", bytes.fromhex("0020000002") + b"**")
    assert hidden.hex == "00 20 00 00 02 ** **"
    shown = Told(Layer.APDU, Mark.TO_CARD, "", bytes.fromhex("0020000002") + b"12")
    assert shown.hex == "00 20 00 00 02 31 32"
