"""Wireshark's extcap calls: interfaces, their options, and captures."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from ifd_bridge.control.server import ControlServer
from ifd_bridge.trace import Stream
from ifd_bridge.trace.events import CardInserted
from ifd_bridge.worlds.world import World
from readers.models import PLAIN
from tests.kits.bridge import tshark

LISTED = [
    {"name": name, "usb": {"ccid": bytes(PLAIN.descriptor).hex()}} for name in ("One", "Other")
]
END_S = 30
AS_A_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
"""Run as an ordinary user: for root, tshark does not use a personal folder."""


@pytest.fixture
def world(tmp_path, monkeypatch):
    stream, folder = Stream(), tmp_path / "vcard-world"
    folder.mkdir()
    server = ControlServer(folder / "control", {"list": lambda: LISTED}, stream)
    server.start()
    monkeypatch.setenv("VCARD_CONTROL", str(server.path))
    yield server, stream
    server.close()


def ask(*args):
    shown = CliRunner().invoke(vcard, ["extcap", *args])
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_a_world_is_an_interface(world):
    assert ask("--extcap-interfaces", "--extcap-version=4.0").splitlines() == [
        "extcap {version=1.0}{help=vcard trace --help}",
        "interface {value=vcard-world}{display=smart card readers: One, Other}",
    ]


def test_the_link_type_and_the_options_are_told():
    assert "{number=220}" in ask("--extcap-interface=vcard-world", "--extcap-dlts")
    assert "{call=--show-pins}" in ask("--extcap-interface=vcard-world", "--extcap-config")


@pytest.mark.slow  # a process
def test_a_script_for_wiresharks_folder_is_written(tmp_path, world):
    script = tmp_path / "folder" / "vcard-extcap"
    assert ask("--install", str(script.parent)) == f"wrote {script}\n"
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [script, "--extcap-interfaces"], env=environ, capture_output=True, text=True, check=True
    )
    assert "{value=vcard-world}" in done.stdout


def test_without_an_order_it_says_what_there_is():
    assert CliRunner().invoke(vcard, ["extcap"]).exit_code == 2


def test_a_capture_goes_to_the_fifo_until_the_world_ends(world, tmp_path):
    server, stream = world
    came, fifo, found = threading.Event(), tmp_path / "fifo", []
    os.mkfifo(fifo)
    stream.switches.append(lambda on: came.set() if on else None)

    def happen():
        came.wait(END_S)
        stream.say("One", CardInserted(0))
        stream.settle()
        server.close()

    reading = [
        threading.Thread(target=lambda: found.append(fifo.read_bytes())),
        threading.Thread(target=happen),
    ]
    for thread in reading:
        thread.start()
    ask("--capture", "--fifo", str(fifo), "--extcap-interface=vcard-world", "--reader", "one")
    for thread in reading:
        thread.join(END_S)
    assert b"One was plugged in" in found[0]
    assert b"Other" not in found[0]


def live(*command, environ):
    return subprocess.Popen(
        [*command, *tshark.ISO_7816], env=environ, stdout=subprocess.PIPE, text=True
    )


def until(process, words):
    """Read lines until one has the words; the process ends then."""
    with process:
        try:
            return next(line for line in process.stdout if words in line)
        finally:
            process.kill()


def can_be_a_user():
    return subprocess.run([*AS_A_USER, "true"], capture_output=True, check=False).returncode == 0


@tshark.needs_tshark
@pytest.mark.slow
@pytest.mark.pcsc
def test_tshark_lists_a_world_and_captures_from_it(tmp_path):
    if not can_be_a_user():
        pytest.skip("tshark takes no folder from root, and a user namespace cannot be had here")
    folder = tmp_path / "extcap"
    ask("--install", str(folder))
    with World([("plain", "hello")]) as world:
        root = str(Path(__file__).parents[3])
        environ = {**os.environ, **world.environ, "PYTHONPATH": root,
                   "WIRESHARK_EXTCAP_DIR": str(folder)}  # fmt: skip
        listed = subprocess.run(
            [*AS_A_USER, "tshark", "-D"], env=environ, capture_output=True, text=True, check=True
        ).stdout
        (line,) = (line for line in listed.splitlines() if "Virtual Reader" in line)
        tshark_ = live(*AS_A_USER, "tshark", "-l", "-i", line.split()[1], environ=environ)
        found = until(tshark_, "GET DESCRIPTOR Response DEVICE")
    assert "USB" in found


@tshark.needs_tshark
@pytest.mark.slow
@pytest.mark.pcsc
def test_tshark_reads_a_named_pipe_while_the_world_lives(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    tshark_ = live("tshark", "-l", "-i", str(fifo), environ=os.environ)
    script = "opensc-tool -s 00A404000BA0000003974349445F0100 >/dev/null 2>&1; exec sleep 30"
    command = [sys.executable, "-m", "ifd_bridge.cli", "run", "--pcap", str(fifo),
               "--card", "hello", "--", "sh", "-c", script]  # fmt: skip
    with subprocess.Popen(command) as running:
        try:
            assert "ISO 7816" in until(tshark_, "Select file")
        finally:
            running.terminate()
