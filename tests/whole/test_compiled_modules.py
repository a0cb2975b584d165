"""What is compiled, and what is not, is a list that is true."""

from __future__ import annotations

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
