"""python-fido2 waits for a touch that `vcard touch` gives."""

import os
import subprocess
import sys

import pytest

from ifd_bridge.worlds.world import World
from tests.external.bench import END, PROGRAMS

pytestmark = pytest.mark.pcsc


@pytest.mark.parametrize("keep_alive", ["keep-alive", "silent"])
def test_a_program_waits_until_the_card_is_touched(keep_alive):
    with World([("plain", "fido2?touch=press")]) as world:
        environ = {**os.environ, **world.environ}
        command = [sys.executable, str(PROGRAMS / "fido2_touch.py"), keep_alive]
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as program:
            world.touch(wait=True, seconds=END)
            said, _ = program.communicate(timeout=END)
    assert said == ("waiting\ntouched\n" if keep_alive == "keep-alive" else "touched\n")


def test_the_command_line_touches():
    with World([("plain", "fido2?touch=press")]) as world:
        environ = {**os.environ, **world.environ}
        command = [sys.executable, str(PROGRAMS / "fido2_touch.py"), "keep-alive"]
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as program:
            vcard = [sys.executable, "-m", "ifd_bridge.cli", "touch", "--wait"]
            subprocess.run(vcard, env=environ, check=True, timeout=END)
            said, _ = program.communicate(timeout=END)
    assert said.endswith("touched\n")
