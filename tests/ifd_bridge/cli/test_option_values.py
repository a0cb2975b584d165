from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from applets.catalogue import CARDS
from ifd_bridge.cli import COMMANDS, vcard
from ifd_bridge.cli.option_values import BOUND_HELP, SIZE
from ifd_bridge.control import rendezvous
from ifd_bridge.doors.by_name import DOORS
from ifd_bridge.system.written_file import LIMIT
from readers.models import MODELS


def completed(line: str) -> list[str]:
    """Return the completions for the last word of a line."""
    *words, typed = line.split(" ")
    found = ShellComplete(vcard, {}, "vcard", "_VCARD_COMPLETE").get_completions(words, typed)
    return [one.value for one in found]


def test_cards_and_schemes_are_offered() -> None:
    offered = completed("run --card ")
    assert set(CARDS) | {"pcsc:", "replay:", "script:", "vpcd:", "ports:"} == set(offered)
    assert completed("run --card pi") == ["pin-dump", "piv"]
    for command in (
        "serve -c hel",
        "add -c hel",
        "vpicc --card hel",
        "insert hel",
        "swap hel",
        "cards hel",
    ):
        assert completed(command) == ["hello"]


def test_behind_a_card_its_options_are_offered() -> None:
    assert completed("run --card piv?dem") == ["piv?demo"]
    assert completed("run --card piv?demo&sub") == ["piv?demo&subject="]
    assert completed("run --card piv?demo&st") == ["piv?demo&state="]
    assert completed("run --card own.py:card?x") == []


def test_readers_drivers_and_commands_are_offered() -> None:
    assert completed("run --reader ") == [*MODELS, "descriptor:"]
    assert completed("run --reader plain --card hello -r two") == ["two-slot"]
    assert completed("models --describe acr") == ["acr122u"]
    assert completed("serve --driver ") == list(DOORS)
    assert completed("help ") == list(COMMANDS)


def test_running_worlds_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"alice": Path("a"), "bob": Path("b")}
    monkeypatch.setattr(rendezvous, "named_worlds", lambda: known)
    assert completed("eject --world-name a") == ["alice"]
    assert completed("list --world-name ") == ["alice", "bob"]


def test_nothing_is_offered_where_anything_may_stand() -> None:
    assert completed("press ") == []


def test_a_size_has_a_unit_or_none():
    for text, size in [
        ("1", 1),
        ("500k", 512000),
        ("20M", 20 << 20),
        ("2GiB", 2 << 30),
        ("3 kB", 3072),
    ]:
        assert SIZE.convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "0", "0k", "-1", "1.5M", "1T", "many", "9" * 40])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(click.BadParameter, match="a size is 500k, 20M or 2G, not"):
        SIZE.convert(text, None, None)


def test_the_help_names_the_bound_that_holds_without_one():
    assert f"Default: {LIMIT >> 30}G." in BOUND_HELP
