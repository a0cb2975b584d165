from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import COMMANDS, vcard
from ifd_bridge.control import rendezvous
from ifd_bridge.control.client import ANSWER_TIMEOUT_S, Control


class Recorded:
    """Replaces the connection to a world; records the requests."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        self.path = path
        self.timeout_s = timeout_s

    def __enter__(self) -> Recorded:
        return self

    def __exit__(self, *fault: object) -> None:
        pass

    def do(self, verb: str, **arguments: Any) -> object:
        if self.timeout_s != ANSWER_TIMEOUT_S:
            arguments = {"timeout_s": self.timeout_s, **arguments}
        if verb == "service":
            return "running"
        asked.append((verb, arguments))
        slot = {"slot": 0, "card": "hello", "inserted": True, "touch": True}
        empty = {"slot": 1, "card": None, "inserted": False}
        return [
            {"reader": 0, "name": "R", "keypad": False, "plugged": True, "slots": [slot, empty]},
            {"reader": 1, "name": "S", "plugged": False},
            {
                "reader": 2, "name": "T", "keypad": True, "plugged": True, "slots": [slot],
                "host": {"state": "attached", "by": "qemu"},
            },
            {
                "reader": 3, "name": "U", "keypad": False, "plugged": True, "slots": [slot],
                "host": {"state": "waiting", "by": None},
            },
            {
                "reader": 5, "name": "W", "keypad": False, "plugged": True,
                "slots": [{**slot, "card": "vpcd:listen", "connected": False}],
            },
            {"reader": 4, "name": "V", "plugged": True, "hidden": True, "slots": [slot]},
        ]  # fmt: skip


asked: list[tuple[str, dict[str, Any]]] = []


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    asked.clear()
    monkeypatch.setenv("VCARD_CONTROL", "/w/control")
    monkeypatch.setattr(rendezvous, "find", lambda name=None: Path("/w/control"))
    monkeypatch.setattr("ifd_bridge.cli.steering.Control", Recorded)


@pytest.mark.parametrize(
    ("args", "verb", "arguments"),
    [
        ("insert", "insert", {"slot": 0}),
        ("insert -r 1 -s 1 a:b", "insert", {"card": "a:b", "reader": "1", "slot": 1}),
        ("eject --reader pin", "eject", {"reader": "pin", "slot": 0}),
        ("eject --reader 2/1", "eject", {"reader": "2/1", "slot": 1}),
        ("eject -s 1 -r 2/1", "eject", {"reader": "2/1", "slot": 1}),
        ("swap x", "swap", {"card": "x", "slot": 0}),
        ("press 1 2 OK", "press", {"keys": ("1", "2", "OK")}),
        ("pin 1234 -r 0", "pin", {"pin": "1234", "reader": "0"}),
        ("touch", "touch", {"slot": 0}),
        (
            "touch --wait --timeout 5 -r 1",
            "touch",
            {"timeout_s": 35.0, "wait": True, "seconds": 5.0, "reader": "1", "slot": 0},
        ),
    ],
)
def test_a_command_is_a_verb_of_the_world(
    args: str, verb: str, arguments: dict[str, object]
) -> None:
    shown = CliRunner().invoke(vcard, args.split())
    assert shown.exit_code == 0, shown.output
    assert asked == [(verb, arguments)]


def test_a_reader_and_a_slot_that_contradict_each_other_are_told() -> None:
    done = CliRunner().invoke(vcard, ["eject", "-s", "0", "-r", "2/1"])
    assert done.exit_code == 2
    assert "the reader 2/1 is another slot than 0" in done.output


def test_slots_are_numbered_where_there_are_several() -> None:
    shown = CliRunner().invoke(vcard, ["list"])
    assert shown.output.splitlines() == [
        "0/0 R: hello (wants a touch)",
        "0/1 R: empty",
        "1 S: unplugged",
        "2 T (keypad): hello (wants a touch) [attached by qemu]",
        "3 U: hello (wants a touch) [waiting for a USB host]",
        "5 W: vpcd:listen (nobody is connected) (wants a touch)",
        "4 V: hidden from programs by PCSCLITE_FILTER_IGNORE_READER_NAMES",
    ]


def test_the_export_line_is_made_from_the_place_of_the_control_socket() -> None:
    shown = CliRunner().invoke(vcard, ["list", "--export"])
    line = "export PCSCLITE_CSOCK_NAME=/w/pcscd.comm VCARD_CONTROL=/w/control\n"
    assert shown.output == line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_commands_help_has_an_example(name: str) -> None:
    shown = CliRunner().invoke(vcard, [name, "--help"])
    assert shown.exit_code == 0
    assert f"vcard {name}" in shown.output.split("Example")[1]


def test_the_help_lists_every_command() -> None:
    shown = CliRunner().invoke(vcard, ["--help"])
    assert all(f"  {name} " in shown.output for name in COMMANDS)


def test_the_real_connection_has_what_the_recorded_one_has() -> None:
    assert hasattr(Control, "do")


@pytest.mark.slow  # a process
@pytest.mark.parametrize(
    ("module", "may_have"),
    [
        ("ifd_bridge", set()),
        ("ifd_bridge.cli.steer", {"click"}),
        ("ifd_bridge.testing.pytest_plugin", {"pytest"}),
    ],
)
def test_what_starts_often_imports_none_of_the_machinery(module: str, may_have: set[str]) -> None:
    heavy = {
        "applets", "asyncio", "click", "cryptography", "msgpack", "pytest", "readers", "rich",
        "sqlite3", "starlette", "textual", "vcard",
    }  # fmt: skip
    look = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    command = [sys.executable, "-c", look]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    there = set(shown.stdout.split())
    assert "ifd_bridge" in there
    assert there & heavy <= may_have
