from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from ifd_bridge.cli.completion import SHELLS
from tests.kits.own_commands import own_commands


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_takes_its_completion(shell: str) -> None:
    script = CliRunner().invoke(vcard, ["completion", shell]).output
    assert "_VCARD_COMPLETE" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    subprocess.run([shell, "-n"], input=script, text=True, check=True)


@pytest.mark.slow  # two processes
def test_bash_is_offered_what_a_word_may_be(tmp_path: Path) -> None:
    script = CliRunner().invoke(vcard, ["completion", "bash"]).output
    asked = "COMP_WORDS=(vcard run --reader gemalto-pi) COMP_CWORD=3; _vcard_completion vcard\n"
    told = subprocess.run(
        ["bash"], input=f"{script}\n{asked}echo ${{COMPREPLY[@]}}\n", env=own_commands(tmp_path),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["gemalto-pinpad", "gemalto-pinpad-v1"]
