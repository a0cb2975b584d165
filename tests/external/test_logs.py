"""Programs' logs of a card become recordings, equal to one made at the card."""

import os
import subprocess
import sys

import pytest

from ifd_bridge.logs import logged
from tests.external.bench import END, need
from vcard.doubles import recording
from vcard.doubles.recording import Kind

pytestmark = pytest.mark.pcsc

PYSCARD = """
from smartcard.CardConnectionObserver import ConsoleCardConnectionObserver
from smartcard.System import readers
connection = readers()[0].createConnection()
connection.addObserver(ConsoleCardConnectionObserver())
connection.connect()
for command in ("00A404000AA00000006203010C0601", "0000000000", "00CA000000"):
    connection.transmit(list(bytes.fromhex(command)))
"""
SCRIPT = "reset\n00 A4 04 00 0A A0 00 00 00 62 03 01 0C 06 01\n00 00 00 00 00\n"


def exchanges(entries):
    return [(e.kind, e.data) for e in entries if e.kind in (Kind.COMMAND, Kind.ANSWER)]


@pytest.fixture
def run(tmp_path):
    """Run a program with a card; what it printed, and what was recorded at the card."""

    def in_a_world(card, *command, reader="plain", typed="", **variables):
        world = ["vcard", "run", "--record", str(tmp_path / "card.txt")]
        world += ["--reader", reader, "--card", card, "--"]
        done = subprocess.run(
            [*world, *command],
            input=typed.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
            timeout=END,
            check=True,
        )
        entries = recording.parse((tmp_path / "card.txt").read_text())
        return done.stdout, exchanges(entries)

    return in_a_world


def test_opensc_tells_what_the_card_said(run):
    need("pkcs15-tool", "opensc")
    log, card = run("piv?demo", "pkcs15-tool", "-D", OPENSC_DEBUG="9")
    assert len(card) > 20
    assert exchanges(logged(log)) == card
    assert logged(log)[0].data is not None


def test_scriptor_tells_what_the_card_said(run):
    need("scriptor", "pcsc-tools")
    log, card = run("hello", "scriptor", typed=SCRIPT)
    entries = logged(log)
    assert exchanges(entries) == card
    assert entries[0].data.hex() == "3b8780018065766361726481"


def test_an_observer_of_pyscard_tells_what_the_card_said(run):
    log, card = run("hello", sys.executable, "-c", PYSCARD)
    assert exchanges(logged(log)) == card


def test_ykman_tells_what_the_card_said(run):
    need("ykman", "yubikey-manager")
    told = ("ykman", "--log-level", "TRAFFIC", "piv", "info")
    log, card = run("yubikey", *told, reader="plain?name=Yubico YubiKey CCID")
    assert exchanges(logged(log, "yubikit")) == card


def test_our_own_capture_tells_what_the_card_said(run, tmp_path):
    need("opensc-tool", "opensc")
    capture = tmp_path / "card.pcapng"
    world = ("vcard", "run", "--pcap", str(capture), "--card", "hello", "--")
    _, card = run("hello", *world, "opensc-tool", "-s", "00A404000AA00000006203010C0601")
    assert not card
    assert (Kind.COMMAND, bytes.fromhex("00A404000AA00000006203010C0601")) in exchanges(
        logged(capture.read_bytes())
    )
