"""docs/how-to/adding.md, followed to the letter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.source import FOLDERS, ROOT
from tests.whole.state_files import COMMAND

pytestmark = pytest.mark.slow  # separate programs, in a copy of the tree

PAGE = (ROOT / "docs/how-to/adding.md").read_text()
BLOCK = re.compile(r"^```(?:python|text) (file|add)=(\S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
CHAPTERS = {
    chapter.partition("\n")[0]: BLOCK.findall(chapter) for chapter in PAGE.split("\n## ")[1:]
}
COMMANDS = re.findall(r"^(?:GOLDEN=write )?python .*$", PAGE, re.MULTILINE)
"""The commands of the page that write files of the suite."""
PLACES = 5
MYPY_CACHE = ".mypy_cache"
FAILING = (
    "tests/whole/test_failing_threads.py::"
    "test_a_thread_that_fails_is_told_of_and_whoever_waits_is_answered"
)
ASKING = (
    "tests/test_layers.py", "tests/test_mirror.py", "tests/test_shape.py",
    "tests/applets/test_catalogue.py", "tests/whole/test_state_files.py", "tests/applets/badge",
    "tests/readers/models", "tests/readers/description/test_explain.py",
    "tests/ifd_bridge/explain/test_names.py", "tests/ifd_bridge/explain/test_reader_text.py",
    "tests/ifd_bridge/explain/test_reader_stats.py", "tests/whole/test_wrong_usage.py",
    "tests/whole/test_failing_threads.py::test_every_thread_of_the_tree_has_a_row",
    f"{FAILING}[faces/packets._run]",
    "tests/ifd_bridge/faces/test_packets.py",
    "tests/ifd_bridge/cli/test_steer.py", "tests/ifd_bridge/worlds/test_verbs.py",
)  # fmt: skip
"""The tests for new parts, and those on the page."""
QUICK = "not pcsc and not libccid and not slow"


def added(text: str, block: str) -> str:
    """A file with the lines of a block, beside the line of it that the file has already."""
    first, last = block.splitlines(keepends=True)[0], block.splitlines(keepends=True)[-1]
    if f"\n{first}" in text:
        return text.replace(first, block, 1)
    if f"\n{last}" in text:
        return text.replace(last, block, 1)
    return f"{text}\n\n{block}"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the changes of the page, and nothing else."""
    place = tmp_path_factory.mktemp("tree")
    for folder in (*FOLDERS, "tests", "docs", "bench", "examples"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    if (ROOT / MYPY_CACHE).exists():
        shutil.copytree(ROOT / MYPY_CACHE, place / MYPY_CACHE)
    shutil.copy(ROOT / "pyproject.toml", place)
    for blocks in CHAPTERS.values():
        for how, name, block in blocks:
            path = place / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(block if how == "file" else added(path.read_text(), block))
    for line in COMMANDS:
        run(place, line)
    return place


def run(tree: Path, line: str, *arguments: str) -> str:
    """Run a command whose `python` finds its modules in `tree`; return its output."""
    environ = {**os.environ, "PYTHONPATH": str(tree), "PYTHON": sys.executable}
    command = re.sub(r"\bpython\b", '"$PYTHON"', line, count=1) + ' "$@"'
    done = subprocess.run(
        ["sh", "-c", command, "sh", *arguments], cwd=tree, env=environ,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def test_lines_are_added_beside_the_line_that_is_there() -> None:
    assert added("a\nb\nc\n", "b\nx\n") == "a\nb\nx\nc\n"
    assert added("a\nb\nc\n", "x\nc\n") == "a\nb\nx\nc\n"
    assert added("a\nb\n", "x\n") == "a\nb\n\n\nx\n"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_new_part_takes_five_places_at_most(chapter: str) -> None:
    places = defaultdict(list)
    for how, name, _ in CHAPTERS[chapter]:
        places[name].append(how)
    text = PAGE.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    written = [line for line in COMMANDS if line in text]
    assert 1 < len(places) + len(written) <= PLACES


def test_the_page_has_a_command_for_each_file_that_the_suite_keeps() -> None:
    assert COMMANDS[0] == COMMAND
    assert len(COMMANDS) == 2


def test_a_state_file_keeps_the_new_card(tree: Path, tmp_path: Path) -> None:
    spec = f"badge?name=Bob&pin=0000&state={tmp_path / 'bob.card'}"
    use = (
        "import sys; from ifd_bridge.cards.opening import open_card; card = open_card(sys.argv[1]);"
        "card.power_up(); print(*(card.exchange(bytes.fromhex(c)).hex() for c in sys.argv[2:]))"
    )
    select, wrong, right = "00A4040006F0000000BADE", "002000000431323334", "002000000430303030"
    read, tries = "80CA0000000000", "0020000000"
    first = run(tree, "python -c", use, spec, select, wrong, read).split()
    again = run(tree, "python -c", use, spec, select, tries, read, right).split()
    assert first[:2] == again[:2] == ["9000", "63c2"]
    assert first[2] == again[2]
    assert again[3] == "9000"


def test_the_page_is_typed_and_tidy(tree: Path) -> None:
    run(tree, "python -m ruff check -q .")
    run(tree, "python -m ruff format --check -q .")
    run(tree, "python -m mypy")


def test_what_asks_something_of_a_new_part_is_content(tree: Path) -> None:
    told = run(tree, "python -m pytest -q -p no:cacheprovider -m", QUICK, *ASKING)
    assert " passed" in told
    assert (tree / "tests/vectors/state/0.1.0-checksums/badge.card").exists()
