"""The unit tests' processes: all tests are run and told of, and one that dies is no success."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.kits import forks
from tests.source import ROOT

SUITE = """
import os, sys, pytest

@pytest.fixture(scope="module")
def place(tmp_path_factory):
    yield tmp_path_factory.mktemp("one")
    assert not NAMES, "the module's end fails"

NAMES = []

@pytest.mark.parametrize("number", range(150))
def test_many(number, place, tmp_path):
    print("captured", number)
    assert number != 70

def test_skipped():
    pytest.skip("for a reason")

def test_broken_at_its_end(place):
    NAMES.append(place)
"""


a_process = pytest.mark.slow


def run(folder: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.kits.forks", "-c", "/dev/null"]
    done = subprocess.run(
        [*command, "--rootdir", folder, *options, folder],
        cwd=ROOT, env={**os.environ, "COLUMNS": "200", "PYTEST_DEBUG_TEMPROOT": str(folder.parent)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout


@a_process
@pytest.mark.parametrize("count", ["1", "3"])
def test_what_comes_of_each_test_is_told_as_by_pytest(tmp_path: Path, count: str) -> None:
    (tmp_path / "test_a.py").write_text(SUITE)
    (tmp_path / "test_b.py").write_text("def test_alone(): pass")
    status, told = run(tmp_path, "--forks", count)
    assert status == 1
    assert "1 failed, 151 passed, 1 skipped, 1 error in" in told
    assert "test_a.py::test_many[70] - assert 70 != 70" in told
    assert "captured 70\n" in told
    assert "captured 69\n" not in told
    assert "/test_a.py::test_broken_at_its_end - AssertionError: the module's end fails" in told


@a_process
def test_the_processes_have_one_folder_that_is_not_left_locked(tmp_path: Path) -> None:
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite/test_a.py").write_text(SUITE)
    run(tmp_path / "suite")
    assert [path.parent.name for path in tmp_path.rglob("test_many_149*0")] == ["pytest-0"]
    assert len(list(tmp_path.rglob("pytest-[0-9]"))) == 1
    assert not list(tmp_path.rglob(".lock"))


@a_process
def test_the_first_failure_can_be_the_last(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(SUITE)
    status, told = run(tmp_path, "-x", "--forks", "1")
    assert status == 1
    assert "1 failed, 70 passed in" in told


@a_process
def test_a_process_that_dies_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "import os\ndef test_a(): pass\ndef test_b(): os._exit(0)\ndef test_c(): pass\n"
    )
    status, told = run(tmp_path)
    assert status == pytest.ExitCode.INTERNAL_ERROR
    assert "a process of the tests has died, at one of ['" in told
    assert "test_a.py::test_c'" in told


class Terminal:
    """As much of pytest's as takes lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.section = self.write_line = self.lines.append


def test_what_computes_most_is_named_and_what_is_no_unit_test() -> None:
    told = forks.Forks(SimpleNamespace(config=SimpleNamespace(hook=None)))
    told.costs = {**{f"test_{n}": n / 10 for n in range(9)}, "test_long": forks.MOST_CPU_S + 1}
    terminal = Terminal()
    told.pytest_terminal_summary(terminal)
    assert terminal.lines[0] == "CPU time, of 7.6 s in tests"
    assert terminal.lines[1].startswith(" 4.00 s test_long  TOO MUCH")
    assert terminal.lines[2:] == [f" 0.{n}0 s test_{n}" for n in (8, 7, 6, 5)]


def test_shares_are_of_one_module_and_hold_all_in_their_order() -> None:
    items = [SimpleNamespace(path=path) for path in "a" * 130 + "b" + "c" * 64]
    made = forks.shares(items)
    assert [len(share) for share in made] == [64, 64, 2, 1, 64]
    assert [item for share in made for item in share] == items
    assert all(len({item.path for item in share}) == 1 for share in made)
