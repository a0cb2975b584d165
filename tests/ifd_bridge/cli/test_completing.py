from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from applets.catalogue import CARDS
from ifd_bridge.cli import COMMANDS, vcard
from ifd_bridge.control import rendezvous
from ifd_bridge.doors.by_name import DOORS
from readers.models import MODELS


def completed(line: str) -> list[str]:
    """What a shell is offered for the last word of a line."""
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
