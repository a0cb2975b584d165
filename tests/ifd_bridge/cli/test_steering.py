from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from ifd_bridge.control import rendezvous


class World:
    """Stands for the connection to a world."""

    def __init__(self, path: Path, timeout_s: float = 0) -> None:
        self.path = path

    def __enter__(self) -> World:
        return self

    def __exit__(self, *fault: object) -> None:
        pass

    def do(self, verb: str, **arguments: Any) -> Any:
        asked.append((str(self.path), verb))
        return {"name": "alice", "command": ["vcard", "serve"]}


asked: list[tuple[str, str]] = []


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    asked.clear()
    monkeypatch.delenv("VCARD_CONTROL", raising=False)
    monkeypatch.setattr(rendezvous, "find", lambda name=None: Path(f"/{name}"))
    monkeypatch.setattr("ifd_bridge.cli.steering.Control", World)


def test_a_world_that_nobody_named_is_told() -> None:
    result = CliRunner().invoke(vcard, ["press", "1"])
    assert "vcard: world alice: vcard serve" in result.output
    assert asked == [("/None", "status"), ("/None", "press")]


def test_a_world_that_was_named_is_not() -> None:
    result = CliRunner().invoke(vcard, ["press", "--world-name", "bob", "1"])
    assert result.output == ""
    assert asked == [("/bob", "press")]


def test_inside_a_world_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCARD_CONTROL", "/x")
    assert CliRunner().invoke(vcard, ["press", "1"]).output == ""


@pytest.mark.parametrize(
    ("line", "verb"), [("insert --no-wait", "insert"), ("wait --pin-entry", "wait")]
)
def test_waiting_can_be_asked_for_and_left_out(line: str, verb: str) -> None:
    assert CliRunner().invoke(vcard, line.split()).exit_code == 0
    assert asked[-1] == ("/None", verb)
