"""Every event has a text: a name, its bytes, their meaning."""

import pytest

from applets.globalplatform.cards import DEFAULT_KEY
from ifd_bridge.explain.toolkit_text import GivenKeys
from ifd_bridge.ifdh.api import Code, Function
from ifd_bridge.trace import events
from ifd_bridge.trace.wording import Layer, Mark, Told, tell
from tests.kits import golden
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import terminal


def at(what: events.ReaderEvent, seconds: float | None = None) -> events.Event:
    return events.Event(0.0, "R", what, seconds)


SELECT = bytes.fromhex("00A4040007A000000018FF01")


EVENTS = [
        (at(events.CommandSent(0, SELECT)), ("SELECT", "PIN dump", None)),
        (at(events.CommandSent(0, SELECT, 2)), ("SELECT", "PIN dump, port 2", None)),
        (at(events.CommandSent(0, bytes.fromhex("00A40400020102"))),
         ("SELECT", "unknown AID", None)),
        (at(events.CommandSent(0, bytes.fromhex("01A40000023F00"))),
         ("SELECT", "file 3F00, channel 1", None)),
        (at(events.CommandSent(0, bytes.fromhex("10DB00000101"))),
         ("PUT DATA (TLV)", "chained", None)),
        (at(events.CommandSent(0, b"\0")), ("command", "too short", None)),
        (at(events.CommandSent(0, bytes.fromhex("00B00000050101"))),
         ("READ BINARY", "offset 4: Lc is 5, but 2 bytes follow", None)),
        (at(events.ResponseReceived(0, b"", b"\x6a\x82"), 0.001),
         ("6A82", "file or application not found, 1.00 ms", False)),
        (at(events.ResponseReceived(0, b"", b"\x90\0"), 2), ("9000", "OK, 2.00 s", True)),
        (at(events.ResponseReceived(0, b"", None), 2), ("mute", "2.00 s", False)),
        (at(events.MessageOut(0, bytes.fromhex("62000000000000000000"))),
         ("PC_to_RDR_IccPowerOn", "", None)),
        (at(events.MessageOut(0, b"\x62")), ("PC_to_RDR_IccPowerOn", "too short", False)),
        (at(events.MessageOut(0, b"\x62" + bytes(8))),
         ("PC_to_RDR_IccPowerOn", "too short", False)),
        (at(events.MessageIn(0, bytes.fromhex("8000000000000040FE00"))),
         ("RDR_to_PC_DataBlock", "ICC_MUTE", False)),
        (at(events.MessageIn(0, bytes.fromhex("80000000000000800200"))),
         ("RDR_to_PC_DataBlock", "wait 2 times longer", None)),
        (at(events.MessageIn(0, bytes.fromhex("80000000000000000000"))),
         ("RDR_to_PC_DataBlock", "", True)),
        (at(events.MessageIn(0, b"")), ("nothing", "a packet without data", False)),
        (at(events.MessageIn(0, b"\x77")), ("message 77", "too short", False)),
        (at(events.Interrupted(0, b"\x50\x03")),
         ("RDR_to_PC_NotifySlotChange", "slot 0: card present, changed", None)),
        (at(events.ReportOut(0, bytes.fromhex("00000001900001 04").ljust(64, b"\0"))),
         ("CTAPHID CBOR", "channel 00000001, 1 bytes, GET_INFO", None)),
        (at(events.ReportIn(0, bytes.fromhex("00000001900001 2E").ljust(64, b"\0"))),
         ("CTAPHID CBOR", "channel 00000001, 1 bytes, NO_CREDENTIALS: no credential fits", False)),
        (at(events.Called(0, Function.POWER_ICC, 500)), ("IFDHPowerICC", "UP", None)),
        (at(events.Called(0, Function.POWER_ICC, 7)), ("IFDHPowerICC", "7", None)),
        (at(events.Called(0, Function.GET_CAPABILITIES, 0x303)),
         ("IFDHGetCapabilities", "ATR", None)),
        (at(events.Called(0, Function.GET_CAPABILITIES, 0x99)),
         ("IFDHGetCapabilities", "0x0099", None)),
        (at(events.Called(0, Function.SET_PROTOCOL_PARAMETERS, 2)),
         ("IFDHSetProtocolParameters", "T=1", None)),
        (at(events.Called(0, Function.TRANSMIT_TO_ICC, 1, b"\0")),
         ("IFDHTransmitToICC", "T=1", None)),
        (at(events.Called(0, Function.CONTROL, 0x42000D48)),
         ("IFDHControl", "GET_FEATURE_REQUEST", None)),
        (at(events.Answered(0, Function.CONTROL, 0, Code.ERROR_TAG, b""), 0.1),
         ("IFDHControl", "ERROR_TAG, 100.00 ms", False)),
        (at(events.PoweredUp(0, b"\x3b\0")), ("power up", "ATR", True)),
        (at(events.PoweredUp(0, None)), ("power up", "the card is mute", False)),
        (at(events.PoweredDown(0)), ("power down", "", None)),
        (at(events.KeyPressed(0, "OK")), ("key", "OK", None)),
        (at(events.Displayed(0, "Enter PIN:\n**")), ("display", "Enter PIN: / **", None)),
        (at(events.Displayed(0, "")), ("display", "-", None)),
        (at(events.FaultStruck(0, "here")), ("fault", "here", False)),
        (at(events.TouchAsked(0, wanted=True)), ("touch", "wanted", None)),
        (at(events.TouchAsked(0, wanted=False)), ("touch", "settled", None)),
        (at(events.Plugged(0)), ("plugged in", "", None)),
        (at(events.Unplugged(0)), ("unplugged", "", None)),
        (at(events.HostChanged(0, "waiting", "")), ("USB host", "waiting", None)),
        (at(events.HostChanged(0, "attached", "qemu")), ("USB host", "attached by qemu", None)),
        (at(events.Lost(0, 7)), ("lost", "7 events came too fast", False)),
]  # fmt: skip


@pytest.mark.parametrize(("event", "words"), EVENTS)
def test_an_event_has_a_name_and_a_note(event, words):
    told = tell(event)
    assert (told.name, told.note, told.good) == words


def test_what_is_inside_stands_below():
    told = tell(at(events.ResponseReceived(0, b"", bytes.fromhex("6F048402A0009000")), 0))
    assert told.details == ("6F FCI: 4 bytes", "  84 DF name: A000")
    secure = bytes.fromhex("6901000000000000000004")
    assert tell(at(events.MessageOut(0, secure))).details == ("bPINOperation: cancel",)


def test_every_kind_of_happening_has_words():
    kinds = {type(event.what) for event, _ in EVENTS}
    assert kinds | {events.CardInserted, events.CardEjected} == set(events.KINDS.values())
    assert tell(at(events.CardInserted(0))).name == "card inserted"
    assert tell(at(events.ResponseReceived(0, b"", b"\x90\0"))).note == "OK"


def test_a_hidden_pin_is_stars_and_a_shown_one_is_not():
    hidden = Told(Layer.APDU, Mark.TO_CARD, "", bytes.fromhex("0020000002") + b"**")
    assert hidden.hex == "00 20 00 00 02 ** **"
    shown = Told(Layer.APDU, Mark.TO_CARD, "", bytes.fromhex("0020000002") + b"12")
    assert shown.hex == "00 20 00 00 02 31 32"
    back = Told(Layer.APDU, Mark.FROM_CARD, "", b"****\x90\0")
    assert back.hex == "** ** ** ** 90 00"
    assert Told(Layer.APDU, Mark.FROM_CARD, "", b"***").hex == "2A 2A 2A"


def test_a_packet_is_told_in_clear_when_its_keys_are_given():
    phone = terminal()
    server = Server(phone)
    envelope = server.enveloped(server.packet("00A40004023F00"))
    sent = at(events.CommandSent(0, b"\x80\xc2\0\0" + bytes((len(envelope),)) + envelope))
    known = GivenKeys({"kic": DEFAULT_KEY, "kid": DEFAULT_KEY})
    assert "  commands: 00A40004023F00" in tell(sent, known).details
    assert "  TAR: B00011" in tell(sent, known).details
    assert tell(sent).details == ()
    other = GivenKeys({"kic": bytes(16), "kid": bytes(16)})
    assert any("failed" in line for line in tell(sent, other).details)
    assert tell(at(events.CommandSent(0, b"\x80\xc2")), known).details == ()
    assert tell(at(events.CommandSent(0, SELECT)), known).details == ()


def test_the_words_of_every_event_are_whole():
    golden.check("wording", [
        f"{type(event.what).__name__} | {told.layer.name} {told.mark.name} | {told.name}"
        f" | {told.hex} | {told.note} | {told.good} | {'; '.join(told.details)}"
        for event, _ in EVENTS for told in [tell(event)]
    ])  # fmt: skip
