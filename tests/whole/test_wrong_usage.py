"""Wrong usages of the command line, with the message and the exit status of each."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner

from ifd_bridge.cli import OWN_FAILURE, vcard
from ifd_bridge.worlds.host import Elsewhere
from ifd_bridge.worlds.world import World
from tests.source import ROOT

FILES = {
    "own.py": (
        "from applets.hello import Hello\n"
        "from vcard import SW, Card\n"
        "number = 7\n"
        "def made(colour, size=1): return Card(Hello())\n"
        "def kept(memory): return Card(Hello(), memory=memory)\n"
        "done = Card(Hello())\n"
    ),
    "empty.toml": "",
    "odd.toml": "card = [",
    "bytes.bin": "\udc80",
    "bad.script": "00 A4 => xx",
    "talk.txt": "> 00 A4 04 00\n< 90 00\n",
}


class Usage(NamedTuple):
    status: int
    line: str
    sentence: str


def table() -> tuple[list[Usage], list[Usage]]:
    """The wrong usages without a world, and those in one."""
    found: tuple[list[Usage], list[Usage]] = [], []
    text = (ROOT / "tests/vectors/wrong_usage.txt").read_text()
    for usages, part in zip(found, text.split("\n[a world]\n"), strict=True):
        for row in part.splitlines():
            if row and not row.startswith("#"):
                status, line, sentence = row.split(" | ")
                usages.append(Usage(int(status), line, sentence))
    return found


ALONE, IN_A_WORLD = table()


class NoPcscd(Elsewhere):
    """A world's host where no pcscd is."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def plug(self, number: int) -> None:
        raise AssertionError

    unplug = plug

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, errors="surrogateescape")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("VCARD_CONTROL", raising=False)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    readers = [("pinpad", "hello"), ("plain", None)]
    with World(readers, host=lambda _: NoPcscd(tmp_path)) as made:
        for name, value in made.environ.items():
            monkeypatch.setenv(name, value)
        yield made


def told(line: str) -> tuple[int, str]:
    """The exit status and everything said; an exception that comes out fails the test."""
    result = CliRunner().invoke(vcard, shlex.split(line), catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output.replace("\n", " ")


def test_a_wrong_usage_is_told_in_a_sentence() -> None:
    answers = [(usage, *told(usage.line)) for usage in ALONE]
    assert [
        (usage, status, said)
        for usage, status, said in answers
        if status != usage.status or usage.sentence not in said
    ] == []


def test_what_a_world_refuses_is_told_in_a_sentence(world: World) -> None:
    for status, line, sentence in IN_A_WORLD:
        answer = told(line)
        assert (answer[0], sentence in answer[1]) == (status, True), (line, answer)
    assert [place.trays[0].inserted for place in world.places] == [True, False]


# The table itself


def commands(command: click.Command, *words: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from commands(found, *words, name)


def of_command(name: str) -> list[set[str]]:
    """The words of each wrong usage of a command."""
    lines = [usage.line for usage in (*ALONE, *IN_A_WORLD)]
    return [set(shlex.split(line)) for line in lines if f"{line} ".startswith(f"{name} ")]


ALL = dict(commands(vcard))


def test_every_command_is_used_wrongly() -> None:
    assert [name for name in ALL if not of_command(name)] == []


def test_every_value_of_an_option_is_used_wrongly() -> None:
    """Except options whose every value is valid, or that another command has as well."""
    anything = {"extcap --extcap-version", "extcap --extcap-capture-filter", "esim pki --server"}
    missing, elsewhere = set(), set()
    for name, command in ALL.items():
        for option in (one for one in command.params if isinstance(one, click.Option)):
            if option.is_flag or option.hidden:
                continue
            names = {*option.opts, *option.secondary_opts}
            used = any(names & words for words in of_command(name))
            (elsewhere if used else missing).update(
                {max(option.opts, key=len)} if used else {f"{name} {max(option.opts, key=len)}"}
            )
    assert {one for one in missing if one.split()[-1] not in elsewhere} == anything


def test_the_table_has_no_line_twice_and_run_fails_as_env_does() -> None:
    for usages in (ALONE, IN_A_WORLD):
        assert len({usage.line for usage in usages}) == len(usages)
    ran = {usage.status for usage in ALONE if usage.line.split()[0] == "run"}
    assert ran == {OWN_FAILURE}
    assert {usage.status for usage in (*ALONE, *IN_A_WORLD)} == {1, 2, OWN_FAILURE}
