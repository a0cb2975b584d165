"""The recipes of docs/ci: the shell script is run, the others name what exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.cli import COMMANDS
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


def test_the_actions_steps_are_shell_and_name_what_exists() -> None:
    yaml = pytest.importorskip("yaml")
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = [step["run"] for step in action["runs"]["steps"]]
    assert len(steps) >= 4
    for step in steps:
        subprocess.run(["bash", "-n", "-c", step], check=True)
    used = {name for step in steps for name in re.findall(r"\bvcard ([a-z]+)", step)}
    assert used == {"doctor"}
