from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.pcscd.run_directory import NOBODY, RunDirectory

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "pcscd"


def entered(run: Path) -> RunDirectory:
    made = RunDirectory(run)
    made.enter()
    return made


def test_the_last_world_removes_the_directory(run: Path) -> None:
    first, second = entered(run), entered(run)
    (run / "pcscd.pid").write_text("78\n\0")
    first.leave(77)
    assert (run / "pcscd.pid").exists()
    second.leave(78)
    assert not run.exists()
    second.leave(78)


def test_what_is_not_of_our_making_stays_without_our_pid(run: Path) -> None:
    run.mkdir()
    world = entered(run)
    (run / "pcscd.pid").write_text("77\n\0")
    world.leave(77)
    assert list(run.iterdir()) == []


@pytest.mark.parametrize("text", ["78\n\0", "no number", ""])
def test_another_pcscds_file_in_a_directory_of_others_is_left_alone(run: Path, text: str) -> None:
    run.mkdir()
    (run / "pcscd.pid").write_text(text)
    entered(run).leave(77)
    assert (run / "pcscd.pid").read_text() == text


@pytest.mark.slow  # a process
def test_after_a_kill_the_next_world_cleans_up(run: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from ifd_bridge.pcscd.run_directory import RunDirectory;"
        "RunDirectory(Path(sys.argv[1])).enter(); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(run)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline()
        entered(run).leave(NOBODY)
        assert run.exists()
        killed.kill()
    (run / "pcscd.pid").write_text(f"{killed.pid}\n\0")
    entered(run).leave(NOBODY)
    assert not run.exists()


def test_a_system_pcscd_that_came_meanwhile_keeps_it(run: Path) -> None:
    world = entered(run)
    command = ["sh", "-c", "echo; read line", "pcscd"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as system:
        assert system.stdout is not None
        assert system.stdout.readline()
        (run / "pcscd.pid").write_text(f"{system.pid}\n\0")
        world.leave(77)
        assert (run / "pcscd.pid").exists()
        system.communicate(b"\n")
    entered(run).leave(NOBODY)
    assert not run.exists()


def test_a_directory_that_is_removed_at_that_moment_is_made_anew(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, really = [entered(run)], os.open

    def opened(path: Path, flags: int, *mode: int) -> int:
        found = really(path, flags, *mode)
        while leaving and flags == os.O_RDONLY:
            leaving.pop().leave(NOBODY)
        return found

    monkeypatch.setattr(os, "open", opened)
    world = entered(run)
    assert run.exists()
    world.leave(NOBODY)
    assert not run.exists()
