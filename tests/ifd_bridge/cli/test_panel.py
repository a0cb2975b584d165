from __future__ import annotations

import importlib.util

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from ifd_bridge.control.server import ControlServer
from ifd_bridge.panel import serving, terminal
from ifd_bridge.trace import Stream


@pytest.fixture
def world(tmp_path, monkeypatch):
    server = ControlServer(tmp_path / "control", {"list": list}, Stream())
    server.start()
    monkeypatch.setenv("VCARD_CONTROL", str(server.path))
    yield server
    server.close()


def test_the_address_is_printed(world, monkeypatch):
    monkeypatch.setattr(serving.Serving, "wait", lambda self: None)
    shown = CliRunner().invoke(vcard, ["panel"])
    assert shown.exit_code == 0
    assert shown.output.startswith("the panel is at http://127.0.0.1:")


def test_it_can_be_opened_at_once(world, monkeypatch):
    opened = []
    monkeypatch.setattr(serving.Serving, "wait", lambda self: None)
    monkeypatch.setattr("click.launch", opened.append)
    CliRunner().invoke(vcard, ["panel", "--open"])
    assert opened[0].startswith("http://127.0.0.1:")


def test_it_can_be_shown_in_the_terminal(world, monkeypatch):
    ran = []

    def run(panel):
        ran.append(panel)

    monkeypatch.setattr(terminal.TerminalPanel, "run", run)
    assert CliRunner().invoke(vcard, ["panel", "--terminal"]).exit_code == 0
    assert len(ran) == 1


@pytest.mark.parametrize(("args", "needed"), [([], "uvicorn"), (["--terminal"], "textual")])
def test_what_is_not_installed_is_named(monkeypatch, args, needed):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    shown = CliRunner().invoke(vcard, ["panel", *args])
    assert shown.exit_code == 1
    assert f"the panel needs {needed}: " in shown.output
    assert "pip install" in shown.output
    assert "[panel]'" in shown.output
