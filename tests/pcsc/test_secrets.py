"""A PIN appears nowhere unless requested: all sinks at once, every path of a PIN."""

import logging
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from ifd_bridge.control.client import VARIABLE, Control
from ifd_bridge.panel.hub import Hub
from ifd_bridge.panel.serving import Serving
from ifd_bridge.system.written_file import WrittenFile
from ifd_bridge.trace.capture_file import captured
from ifd_bridge.trace.text import Text, text_tap
from ifd_bridge.worlds.world import World, private
from readers.ccid.descriptor import ExchangeLevel
from readers.models import PINPAD_DISPLAY, at_level
from tests.kits.pcsc.client import Client
from tests.pcsc.test_pinpad import CHANGE, MODIFY, TEMPLATE, VERIFY, modify, verify

pytestmark = [pytest.mark.pcsc, pytest.mark.slow]

END_S = 30
SELECT, DUMP, MARK = "00A4040007A000000018FF01", "0040000000", "805A0000"
OLD, NEW, TYPED = "73952846", "60482715", "91736405"
PINS = (OLD, NEW, TYPED)
LOUD = private(verbose=True)
"""The world's pcscd tells all it can."""


def forms(pin):
    """Return the forms of the digits, in capitals and without separators between bytes."""
    return pin, pin.encode().hex().upper()


def packed(text):
    """Convert a text to capitals, without separators between bytes."""
    return re.sub(r"[\s:.]", "", text).upper()


def shown(text):
    """The PINs that can be read in a text."""
    found = packed(text)
    return {pin for pin in PINS if any(form in found for form in forms(pin))}


def use_pins(world, number, client):
    """PINs by keypad and by command, in VERIFY and in MODIFY; and what the card says of them."""
    client.connect(number)
    client.transmit(SELECT)
    world.pin(OLD, number)
    client.control(VERIFY, verify(TEMPLATE))
    client.transmit(DUMP)
    world.press([*OLD, "OK", *NEW, "OK", *NEW, "OK"], number)
    client.control(MODIFY, modify(CHANGE))
    client.transmit(DUMP)
    client.transmit("0020008008" + TYPED.encode().hex())
    client.transmit(DUMP)
    client.transmit("0024008010" + TYPED.encode().hex() + NEW.encode().hex())
    client.transmit(DUMP)
    client.transmit(MARK)


def trace(world, *options, pins):
    """`vcard trace` beside the world."""
    more = ["--show-pins"] if pins else []
    command = [sys.executable, "-m", "ifd_bridge.cli", "trace", *options, *more]
    return subprocess.Popen(command, env={**os.environ, **world.environ})


def panel(world, seen, *, pins):
    """A thread that keeps what a browser gets to see, until the world ends."""

    def look():
        with (
            Hub(lambda: Control(Path(world.environ[VARIABLE])), pins=pins) as hub,
            Serving(hub) as serving,
            httpx.stream("GET", f"{serving.url}events", timeout=END_S) as browser,
        ):
            began.set()
            for line in browser.iter_lines():
                seen.append(line)

    began, thread = threading.Event(), threading.Thread(target=look)
    thread.start()
    assert began.wait(END_S)
    return thread


def listened(stream, count):
    """Wait until the stream has that number of taps."""
    end = time.monotonic() + END_S
    while len(stream._taps) < count:
        assert time.monotonic() < end
        threading.Event().wait(0.01)


@pytest.mark.parametrize("pins", [False, True])
@pytest.mark.parametrize("level", [ExchangeLevel.EXTENDED_APDU, ExchangeLevel.TPDU])
def test_a_pin_is_in_no_sink_unless_it_is_asked_for(tmp_path, caplog, level, pins):
    caplog.set_level(logging.DEBUG)
    browser, world = [], World([(at_level(PINPAD_DISPLAY, level), "pin-dump")], host=LOUD)
    with captured(world.trace, world.models, str(tmp_path / "capture"), pins=pins), world:
        text = WrittenFile(tmp_path / "text")
        world.trace.add(text_tap(text, Text(limit=None)), pins=pins)
        looking = panel(world, browser, pins=pins)
        files = {name: tmp_path / name for name in ("json", "lines", "pcap")}
        running = [
            trace(world, "--json", "-o", str(files["json"]), pins=pins),
            trace(world, "--all-bytes", "-o", str(files["lines"]), pins=pins),
            trace(world, "--pcap", str(files["pcap"]), pins=pins),
        ]
        listened(world.trace, 2 + 1 + len(running))
        with Client(world.environ) as client:
            use_pins(world, 0, client)
        said = world.log
    for process in running:
        assert process.wait(END_S) == 0
    looking.join(END_S)
    sinks = {
        "text": (tmp_path / "text").read_text(),
        "browser": "\n".join(browser),
        "log": caplog.text,
        "capture": (tmp_path / "capture").read_bytes().decode("latin-1"),
        **{name: path.read_bytes().decode("latin-1") for name, path in files.items()},
    }
    for name in ("pcap", "capture"):
        sinks[name] += sinks[name].encode("latin-1").hex()
    expected = set(PINS) if pins else set()
    marked = {name for name, found in sinks.items() if MARK in packed(found)}
    assert marked == sinks.keys() - {"log"}
    found = {name: shown(sinks[name]) for name in marked}
    assert found == dict.fromkeys(marked, expected)
    assert shown(caplog.text) == set()
    assert shown(said) == set()
