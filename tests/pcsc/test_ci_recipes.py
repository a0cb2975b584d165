"""The recipes of docs/ci: the shell script is run here, all of them by `.ci/recipes` in roots."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.cli import COMMANDS
from tests.kits import recipes
from tests.source import ROOT

CI = ROOT / "docs" / "ci"
pytestmark = pytest.mark.pcsc


def test_the_script_runs_a_command_with_a_reader(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [CI / "run.sh"],
        env={**os.environ, "PATH": path, "XDG_RUNTIME_DIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("0 Virtual PIN Pad (keypad): hello?with=pin-dump\n")


@pytest.mark.parametrize("name", ["Dockerfile", "github.yml", "gitlab.yml", "run.sh"])
def test_a_recipe_uses_commands_that_there_are(name: str) -> None:
    text = (CI / name).read_text()
    used = set(re.findall(r"\bvcard\"?,? \"?([a-z]+)", text))
    assert "run" in used
    assert used <= COMMANDS.keys()


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_what_is_done_for_a_recipe_is_a_script(name: str) -> None:
    pytest.importorskip("yaml")
    done = subprocess.run(["bash", "-n"], input=recipes.script(name), text=True, check=False)
    assert done.returncode == 0


def test_a_dockerfile_is_done_line_by_line_and_its_command_by_its_user() -> None:
    text = '# no\nFROM x\nRUN a \\\n  b\nUSER ci\nENV A=1\nCMD ["c", "d e"]\n'
    assert list(recipes.instructions(text)) == [
        ("FROM", "x"), ("RUN", "a    b"), ("USER", "ci"), ("ENV", "A=1"), ("CMD", '["c", "d e"]')
    ]  # fmt: skip
    assert recipes.dockerfile(text).splitlines() == [
        "set -e",
        "sh -e -c 'a    b'",
        "exec setpriv --reuid ci --regid ci --init-groups env A=1 c 'd e'",
    ]


def test_an_instruction_that_nobody_would_do_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="a Dockerfile's COPY is not known"):
        recipes.dockerfile("COPY . /src\n")


def test_an_actions_inputs_are_filled_in() -> None:
    pytest.importorskip("yaml")
    text = recipes.script("action.yml")
    assert "export EXTRAS=client" in text
    assert "${{" not in text


def test_the_actions_steps_are_shell_and_name_what_exists() -> None:
    yaml = pytest.importorskip("yaml")
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = [step["run"] for step in action["runs"]["steps"]]
    assert len(steps) >= 4
    for step in steps:
        subprocess.run(["bash", "-n", "-c", step], check=True)
    used = {name for step in steps for name in re.findall(r"\bvcard ([a-z]+)", step)}
    assert used == {"doctor"}
