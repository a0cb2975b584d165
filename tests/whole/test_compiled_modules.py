"""The list of compiled and interpreted modules is true."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib

import pytest

from readers import CcidReader, models
from readers.ccid.codes import HEADER, HEADER_SIZE, MessageType
from tests.source import ROOT
from vcard import Applet, Card

LIST = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vcard"]["compiled"]


def test_every_module_of_the_list_is_there_once() -> None:
    modules, interpreted = LIST["modules"], LIST["interpreted"]
    named = [*modules, *interpreted]
    assert len(set(named)) == len(named)
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert all(len(reason.split()) > 3 for reason in interpreted.values())


def hints(tree: ast.Module) -> dict[str, tuple[ast.ClassDef, bool]]:
    """The classes of a module, and whether they say that plain Python may subclass them."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {
        each.name: (each, any("mypyc_attr" in ast.unparse(one) for one in each.decorator_list))
        for each in classes
    }


def test_a_class_says_it_as_its_base_does() -> None:
    """Otherwise mypyc never releases the attributes of a class without __init__."""
    trees = [ast.parse((ROOT / name).read_text()) for name in LIST["modules"]]
    classes = {name: told for tree in trees for name, told in hints(tree).items()}
    hinted = {name for name, (_, said) in classes.items() if said}
    silent = [
        name
        for name, (node, said) in classes.items()
        if not said
        and hinted & {ast.unparse(base) for base in node.bases}
        and not any(getattr(part, "name", "") == "__init__" for part in node.body)
    ]
    assert len(hinted) > 4
    assert silent == []


@pytest.mark.slow  # a process each
@pytest.mark.parametrize("command", [["build_ext", "--inplace"], ["develop"], ["editable_wheel"]])
def test_a_checkout_stays_pure(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "setup.py", "-q", *command],
        cwd=ROOT,
        env={**os.environ, "VCARD_COMPILE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "a checkout stays pure" in done.stderr


class Telling(Applet):
    """An applet whose methods return what nobody asked for."""

    aid = bytes.fromhex("F000000001")

    def deselected(self) -> bool:  # type: ignore[override]
        return True

    def powered(self) -> bool:  # type: ignore[override]
        return True


class Careless(Card):
    def power_down(self) -> bool:  # type: ignore[override]
        super().power_down()
        return True


def test_what_peoples_own_functions_return_for_nothing_is_ignored() -> None:
    told: list[object] = []
    reader = CcidReader(models.PLAIN)
    reader.tap = lambda event: told.append(event) or True
    reader.moved = lambda slot: told.append(slot) or True
    other = Telling()
    other.aid = bytes.fromhex("F000000002")
    card = Careless(Telling(), other)
    reader.insert(card)
    for number, command in enumerate(("", "00A4040005F000000001", "00A4040005F000000002")):
        raw = bytes.fromhex(command)
        kind = MessageType.PC_to_RDR_XfrBlock if raw else MessageType.PC_to_RDR_IccPowerOn
        head = HEADER.pack(kind, len(raw), 0, number).ljust(HEADER_SIZE, b"\0")
        reader.handle(head + raw, 0.0)
        assert reader.bulk_in.popleft()[7:9] == b"\0\0"
    assert reader.eject() is card
    assert told.count(0) == 2
