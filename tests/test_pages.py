"""The pages of the documentation, followed to the letter.

The words after a code block's language say what the suite does with the block:

    file=NAME       it is written to that file, in a folder that the page has for itself
    run             it is run there (`python`, or `sh` with -e), and must succeed
    output          what the last run printed; a line `...` stands for any lines, `...` at the
                    end of a line for the rest of it
    needs=PROGRAM   the rest of the page is skipped where a program is not installed

Other blocks of `sh` are checked: their commands and options exist, and their worlds can be made.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from ifd_bridge.cli import COMMANDS, vcard
from tests.kits.own_commands import own_commands
from tests.source import ROOT

END = 100
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ADDING = ROOT / "docs/how-to/adding.md"
"""This page changes the tree itself; tests/test_adding.py follows it."""


@dataclass(frozen=True)
class Block:
    """A block of code, and the words behind its language."""

    language: str
    words: tuple[str, ...]
    text: str

    def value(self, name: str) -> str:
        return next((w.partition("=")[2] for w in self.words if w.startswith(f"{name}=")), "")


def blocks(page: Path) -> list[Block]:
    found = BLOCK.findall(page.read_text())
    return [Block(language, tuple(words.split()), text) for language, words, text in found]


def followed(page: Path) -> bool:
    return page != ADDING and any({"run"} & {*block.words} for block in blocks(page))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which `vcard` and `python3` are those of this tree."""
    home = tmp_path / "home"
    home.mkdir()
    return own_commands(tmp_path) | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def fits(shown: str, expected: str) -> bool:
    """Whether output is what a page shows, with its gaps."""
    lines = expected.splitlines(keepends=True)
    return re.fullmatch("".join(map(pattern, lines)), shown) is not None


def pattern(line: str) -> str:
    if line == "...\n":
        return r"(?:.*\n)*"
    begun = line.removesuffix("...\n")
    return re.escape(line) if begun == line else re.escape(begun) + r".*\n"


def run(block: Block, place: Path, environ: dict[str, str]) -> str:
    command = [sys.executable] if block.language == "python" else ["sh", "-e"]
    done = subprocess.run(
        [*command, "-c", block.text], cwd=place, env=environ, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=END, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{block.text}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.pcsc
@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if followed(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_the_page_does_what_it_says(page: Path, environ: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "page"
    place.mkdir()
    shown = ""
    for block in blocks(page):
        for program in block.value("needs").split(","):
            if program and shutil.which(program) is None:
                pytest.skip(f"{program} is not installed")
        if name := block.value("file"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(block.text)
        if "run" in block.words:
            shown = run(block, place, environ)
        if "output" in block.words:
            assert fits(shown, block.text), f"{shown}\nis not\n{block.text}"


def test_the_output_of_a_page_may_have_gaps() -> None:
    assert fits("a\nb\nc\nd\n", "a\n...\nd\n")
    assert fits("a\nd\n", "a\n...\nd\n")
    assert not fits("a\nb\n", "a\n...\nd\n")
    assert not fits("ab\n", "a.\n")
    assert fits("4 passed in 1 s\n", "4 passed in ...\n")


# Blocks that are not run


LINES = [
    line.split("  #")[0].strip()
    for page in PAGES
    for block in blocks(page)
    if block.language == "sh" and "run" not in block.words
    for line in block.text.replace("\\\n", " ").splitlines()
]
NEEDS_MORE = (
    "my.toml", "my_hook", "pcsc:", "passphrase-file", "--record", "replay:", "descriptor:",
    "profile=", "kernel", "card.txt", "bob.card", "mycards.py", "world.toml", "pki=",
)  # fmt: skip
"""Placeholders for things that a reader of the page must provide."""


def is_whole(line: str) -> bool:
    return line.startswith("vcard run") and not any(word in line for word in NEEDS_MORE)


def as_a_case(line: str) -> object:
    return pytest.param(line, marks=[pytest.mark.libccid] if "libccid" in line else [])


@pytest.mark.pcsc
@pytest.mark.slow
@pytest.mark.parametrize(
    "line", [as_a_case(line) for line in dict.fromkeys(LINES) if is_whole(line)]
)
def test_the_worlds_of_the_pages_can_be_made(
    environ: dict[str, str], tmp_path: Path, line: str
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = shlex.split(line)
    end = command.index("--") if "--" in command else len(command)
    run(Block("sh", (), shlex.join([*command[:end], "--", "true"])), tmp_path, environ)


def commands(line: str) -> list[list[str]]:
    """The simple commands of a line for a shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("();|&"):
            found.append([])
        else:
            found[-1].append(word)
    return found


def unknown(line: list[str]) -> list[str]:
    """The command and the options of a line that `vcard` does not have."""
    words = line[1:]
    words = words[: words.index("--")] if "--" in words else words
    if not words or words[0].startswith("-"):
        return []
    if words[0] not in COMMANDS:
        return [words[0]]
    context = click.Context(vcard, info_name="vcard")
    command = vcard.get_command(context, words[0])  # type: ignore[attr-defined]
    while isinstance(command, click.Group) and words[1:]:
        command, words = command.get_command(context, words[1]), words[1:]
    assert command is not None, line
    known = {
        name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)
    }
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]


def test_pages_name_commands_and_options_that_there_are() -> None:
    wanted = [words for line in LINES for words in commands(line) if words[:1] == ["vcard"]]
    assert len(wanted) > 20
    assert [(words, lacking) for words in wanted if (lacking := unknown(words))] == []


def test_an_unknown_option_is_found() -> None:
    assert unknown(["vcard", "run", "--crad", "hello", "--", "true"]) == ["--crad"]
    assert unknown(["vcard", "rnu", "--card", "hello"]) == ["rnu"]
    assert commands("a 'b; c' & d") == [["a", "b; c"], ["d"]]


# Links


LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def test_links_of_the_texts_at_the_top_lead_somewhere() -> None:
    """Those of the pages are checked where the site is built."""
    broken = [
        f"{page.name}: {target}"
        for page in ROOT.glob("*.md")
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (ROOT / target).exists()
    ]
    assert broken == []
