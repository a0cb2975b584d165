"""Run real programs beside a reader; skip tests of missing ones."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
END = 60.0


def need(program, package):
    """Skip, with the reason, where a program is missing."""
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is missing: apt install {package}")
    return found


class Bench:
    """Runs programs beside a reader with a card in it."""

    def __init__(self, place):
        self.place = place
        self.reader = place.reader

    def run(self, *command, typed="", status=0, **environ):
        """Run a program and return its output; it must end with `status`."""
        done = subprocess.run(
            [str(word) for word in command],
            input=typed,
            env={**os.environ, **self.place.environ, **environ},
            capture_output=True,
            text=True,
            timeout=END,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def start(self, *command, **environ):
        """Start a program with pipes to it."""
        return subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **self.place.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def python(self, name, *arguments):
        return self.run(sys.executable, PROGRAMS / name, *arguments)
