from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
pytestmark = pytest.mark.pcsc


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("VCARD_CONTROL", raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def serve(*options: str) -> subprocess.Popen[str]:
        made = subprocess.Popen([*VCARD, "serve", *options], stdout=subprocess.PIPE, text=True)
        started.append(made)
        assert made.stdout is not None
        assert made.stdout.readline().startswith("export ")
        return made

    yield serve
    for made in started:
        made.terminate()
        made.wait(30)
        assert made.stdout is not None
        made.stdout.close()


def vcard(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*VCARD, *args], capture_output=True, text=True, timeout=30, check=False)


def test_worlds_are_listed_steered_and_ended_by_their_names(
    serve: Callable[..., subprocess.Popen[str]],
) -> None:
    alice = serve("--name", "alice", "--card", "hello")
    bob = serve("--name", "bob", "--reader", "pinpad")
    listed = {told["name"]: told for told in json.loads(vcard("worlds", "--json").stdout)}
    assert listed["alice"]["pid"] == alice.pid
    assert listed["alice"]["cards"] == ["hello"]
    assert listed["bob"]["readers"] == ["Virtual PIN Pad"]
    assert "alice  pid" in vcard("worlds").stdout
    assert "--world-name bob" in vcard("eject").stderr
    assert vcard("eject", "--world-name", "alice").returncode == 0
    assert "'alice' is running already" in vcard("serve", "--name", "alice").stderr
    assert vcard("stop", "--world-name", "alice").returncode == 0
    assert alice.wait(30) == 0
    assert "vcard: world bob: vcard serve" in vcard("stop").stderr
    assert bob.wait(30) == 0
    assert vcard("worlds").stderr == "no world is running\n"


def test_a_pcscd_that_was_stopped_is_told_and_started(
    serve: Callable[..., subprocess.Popen[str]],
) -> None:
    serve("--card", "hello")
    assert vcard("service", "stop").stdout.startswith("stopped")
    listed = vcard("list")
    assert listed.returncode == 1
    assert "`vcard service start` starts it again" in listed.stderr
    assert vcard("service", "start").stdout == "running\n"
    assert vcard("list").stdout == "0 Virtual Reader: hello\n"
