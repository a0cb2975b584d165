"""The list of compiled and interpreted modules is true."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib

import pytest

from tests.source import ROOT

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
