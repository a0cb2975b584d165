"""No sink of a trace shows the data of a command that an applet declares secret."""

import io
import json
import logging

import pytest

from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver
from ifd_bridge.ifdh.api import Power
from ifd_bridge.panel.view import View
from ifd_bridge.trace import Stream
from ifd_bridge.trace.capture import Capture
from ifd_bridge.trace.json_form import encoded
from ifd_bridge.trace.text import Text, text_tap
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from readers.ccid.message import PC_to_RDR_IccPowerOn, PC_to_RDR_XfrBlock
from vcard import Applet, Card, handles
from vcard.doubles import Faults, Recorder

KEY = bytes(range(0x40, 0x50))
PUT_KEY = bytes.fromhex("80D8000010") + KEY
SELECT = bytes.fromhex("00A4040005F00000D801")


class Vault(Applet):
    aid = bytes.fromhex("F00000D801")
    secret_instructions = frozenset({0xD8})

    @handles(ins=0xD8, cla=0x80)
    def put_key(self, command):
        return command.data


class Lines(io.StringIO):
    """A file of lines."""

    def line(self, text):
        self.write(text + "\n")


def inserted(card):
    """A reader with the card, its traffic in a stream, and the view of each tap."""
    reader, stream, seen, text = CcidReader(models.PLAIN), Stream(), [], Lines()
    reader.tap = stream.teller("R")
    stream.know("R", lambda: reader.secrets)
    stream.add(seen.append)
    stream.add(text_tap(text, Text(limit=None)))
    reader.insert(card)
    return reader, stream, seen, text


@pytest.mark.parametrize(
    "around",
    [lambda card: card, Faults().around, lambda card: Recorder(card, lambda _: None, lambda: 0.0)],
    ids=["bare", "faults", "recorder"],
)
def test_the_key_of_an_applet_of_ones_own_is_seen_by_no_tap(around):
    reader, stream, seen, text = inserted(around(Card(Vault())))
    reader.handle(bytes(PC_to_RDR_IccPowerOn()), 0.0)
    for command in (SELECT, PUT_KEY):
        reader.handle(bytes(PC_to_RDR_XfrBlock(abData=command)), 0.0)
    stream.close()
    assert len(seen) > 5
    told = b"".join(map(encoded, seen)).decode()
    assert KEY.hex() not in told.lower().replace(" ", "")
    assert KEY.hex() not in text.getvalue().lower().replace(" ", "")
    assert "2a" * len(KEY) in told.lower().replace(" ", "")
    assert "80 D8 00 00 10" + " **" * len(KEY) in text.getvalue()


def test_the_same_instruction_of_another_readers_card_stays_readable():
    _, stream, seen, _ = inserted(Card(Vault()))
    other = CcidReader(models.PLAIN)
    other.tap = stream.teller("other")
    other.insert(Card())
    other.handle(bytes(PC_to_RDR_IccPowerOn()), 0.0)
    unlike = bytes.fromhex("00D6000004") + b"\xd8\xd9\xda\xdb"
    other.handle(bytes(PC_to_RDR_XfrBlock(abData=unlike)), 0.0)
    stream.close()
    assert any(unlike == getattr(event.what, "command", b"") for event in seen)


@pytest.mark.parametrize("level", ExchangeLevel)
def test_the_key_is_seen_in_no_panel_no_capture_and_no_log(level, caplog):
    """At each level: as a whole APDU, in a T=1 block, byte by byte."""
    caplog.set_level(logging.DEBUG)
    model = models.at_level(models.PLAIN, level)
    reader, stream, view, capture = CcidReader(model), Stream(), View(), io.BytesIO()
    reader.tap = stream.teller("R")
    stream.know("R", lambda: reader.secrets)
    stream.add(view.event)
    stream.add(Capture(capture, {"R": model}.get))
    stream.add(Capture(capture, {"R": model}.get, raw=True))
    driver = Driver(DirectCable(reader), model).slots[0]
    reader.insert(Card(Vault()))
    driver.power_icc(Power.UP)
    driver.set_protocol_parameters(2)
    for command in (SELECT, PUT_KEY):
        assert driver.transmit_to_icc(command, 1).data[-2:] == b"\x90\0"
    stream.close()
    shown = json.dumps(view.lines_after(0)[0])
    assert "80 D8 00 00 10" + " **" * len(KEY) in shown
    assert KEY.hex(" ").upper() not in shown
    assert b"*" * len(KEY) in capture.getvalue()
    assert KEY not in capture.getvalue()
    assert KEY.hex() not in caplog.text.lower().replace(" ", "")
