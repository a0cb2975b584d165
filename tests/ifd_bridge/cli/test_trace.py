from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from applets.globalplatform.cards import DEFAULT_KEY
from ifd_bridge.cli import vcard
from ifd_bridge.control.server import ControlServer
from ifd_bridge.trace import Stream
from ifd_bridge.trace.events import CardInserted, CommandSent
from readers.models import PLAIN
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import terminal

LISTED = [{"name": "R", "usb": {"ccid": bytes(PLAIN.descriptor).hex(), "serial_number": "1"}}]
VERIFY = bytes.fromhex("0020000004") + b"1234"


def packet() -> bytes:
    """An ENVELOPE with a secured packet."""
    server = Server(terminal())
    data = server.enveloped(server.packet("00A40004023F00"))
    return b"\x80\xc2\0\0" + bytes((len(data),)) + data


@pytest.fixture
def stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stream]:
    """A world in which something happens as soon as the first one watches."""
    stream = Stream()
    server = ControlServer(tmp_path / "control", {"list": lambda: LISTED}, stream)
    server.start()
    monkeypatch.setenv("VCARD_CONTROL", str(server.path))

    def happen() -> None:
        stream.say("R", CardInserted(0))
        stream.say("R", CommandSent(0, VERIFY + bytes(100)))
        stream.say("R", CommandSent(0, VERIFY))
        stream.say("R", CommandSent(0, packet()))

    stream.switches.append(lambda on: threading.Thread(target=happen).start() if on else None)
    yield stream
    server.close()


def test_events_are_lines(stream: Stream, capfd: pytest.CaptureFixture[str]) -> None:
    CliRunner().invoke(vcard, ["trace", "--count", "3"])
    lines = capfd.readouterr().out.splitlines()
    assert lines[0].endswith("R  = card inserted")
    assert "more" in lines[1]
    assert lines[2].endswith("> VERIFY  00 20 00 00 04 ** ** ** **")


def test_packets_are_told_in_clear_with_their_keys(
    stream: Stream, capfd: pytest.CaptureFixture[str]
) -> None:
    key = DEFAULT_KEY.hex()
    CliRunner().invoke(vcard, ["trace", "-n", "4", "--kic", key, "--kid", key])
    assert "commands: 00A40004023F00" in capfd.readouterr().out


def test_only_some_layers_and_readers_are_shown(
    stream: Stream, capfd: pytest.CaptureFixture[str]
) -> None:
    CliRunner().invoke(vcard, ["trace", "-n", "3", "--only", "reader", "-r", "r"])
    assert len(capfd.readouterr().out.splitlines()) == 1


def test_nothing_is_shown_of_other_readers(
    stream: Stream, capfd: pytest.CaptureFixture[str]
) -> None:
    CliRunner().invoke(vcard, ["trace", "-n", "3", "-r", "other"])
    assert capfd.readouterr().out == ""


def test_json_is_one_event_a_line(stream: Stream, capfd: pytest.CaptureFixture[str]) -> None:
    CliRunner().invoke(vcard, ["trace", "-n", "3", "--json", "--only", "apdu"])
    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["CommandSent"] * 2
    assert events[1]["command"] == "00200000042a2a2a2a"


def test_a_capture_is_written(stream: Stream, tmp_path: Path) -> None:
    out = tmp_path / "capture"
    shown = CliRunner().invoke(vcard, ["trace", "-n", "3", "--pcap", str(out)])
    assert shown.exit_code == 0
    assert out.read_bytes()[:4] == bytes.fromhex("0A0D0D0A")
    assert b"R was plugged in" in out.read_bytes()


def test_pins_and_all_bytes_are_shown_if_asked_for(stream: Stream, tmp_path: Path) -> None:
    out = tmp_path / "out"
    args = ["trace", "-n", "3", "--pins", "--all-bytes", "-o", str(out)]
    assert CliRunner().invoke(vcard, args).exit_code == 0
    assert "more" not in out.read_text()
    assert "31 32 33 34" in out.read_text()


def test_a_file_ends_at_its_limit_and_that_is_told(
    stream: Stream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = tmp_path / "out"
    shown = CliRunner().invoke(vcard, ["trace", "-n", "3", "-o", str(out), "--limit", "100"])
    assert shown.exit_code == 0
    assert out.read_text().count("\n") == 1
    assert f"{out} has reached its limit of 100 bytes" in caplog.text


@pytest.mark.parametrize("option", [["-o"], ["--pcap"]])
def test_a_full_disk_is_told_and_is_the_exit_status(
    option: list[str], stream: Stream, caplog: pytest.LogCaptureFixture
) -> None:
    shown = CliRunner().invoke(vcard, ["trace", "-n", "3", *option, "/dev/full"])
    assert shown.exit_code == 1
    assert "/dev/full cannot be written: No space left on device" in caplog.text
