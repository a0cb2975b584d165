from __future__ import annotations

import shutil
import subprocess

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from ifd_bridge.cli.completion import SHELLS


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_takes_its_completion(shell: str) -> None:
    script = CliRunner().invoke(vcard, ["completion", shell]).output
    assert "_VCARD_COMPLETE" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    subprocess.run([shell, "-n"], input=script, text=True, check=True)
