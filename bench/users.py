"""The user's view: the world of `vcard run`, the start of commands, the cost of a fixture."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

from .machine import children, timed
from .rounds import Rounds
from .worlds import World

VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
SELECT = "00A4040C0AA00000006203010C0601"
"""SELECT of the hello card's applet; the response is 9000 alone, like the null handler's."""
_STAY = "import json,os,sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"
TESTS = 190
_TESTS = """
import time
import pytest
from applets.hello import Hello

times = []

@pytest.mark.parametrize("number", range({count}))
def test_it({fixtures}number):
    times.append(time.perf_counter())
    {body}

def test_told():
    print("TIMES", *times)
"""
START_GOALS = {"vcard run -- true": 250.0, "vcard list": 80.0}
"""In ms, on a machine where Python starts in EMPTY_MS."""
EMPTY_MS = 20.0
FIXTURE_GOAL_MS = 5.0


@contextmanager
def hello() -> Iterator[World]:
    """Run `vcard run --card hello` in its own process, as long as the context lasts."""
    command = [*VCARD, "run", "--card", "hello", "--", sys.executable, "-c", _STAY]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdin
        assert running.stdout
        environ = json.loads(running.stdout.readline())
        below = children(running.pid)
        daemon = [pid for pid, name in below.items() if name == "pcscd"]
        yield World("vcard run", environ, [running.pid, *daemon])
        running.stdin.close()


def starts(rounds: Rounds, world: World) -> None:
    """Report the time of commands from start to exit, and that of an empty Python process."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "vcard run -- true": [*VCARD, "run", "--card", "hello", "--", "true"],
        "vcard list": [*VCARD, "list"],
    }
    subjects = [World(name, world.environ) for name in commands]
    found = rounds.shuffled(
        "start", subjects, lambda subject: timed(commands[subject.name], subject.environ)
    )
    samples = {name: found[name] for name in commands}
    goals = {name: goal / EMPTY_MS for name, goal in START_GOALS.items()}
    rounds.tell("start to exit", samples, goals, unit="ms")


def fixture(rounds: Rounds) -> None:
    """Report the cost of a test with a card in a reader and a connection, and without."""
    kinds = {
        "empty test": ("", "pass"),
        "reader and connect": (
            "reader, connect, ",
            'reader.insert(Hello()); assert connect().transmit(b"\\0\\0\\0\\0")',
        ),
    }
    subjects = [World(name, {}) for name in kinds]
    found = rounds.shuffled("fixture", subjects, lambda subject: _each(*kinds[subject.name]))
    for name in kinds:
        goal = FIXTURE_GOAL_MS if name != "empty test" else None
        rounds.tell_absolute(f"pytest, {name}", "ms", found[name], goal)


def _each(fixtures: str, body: str) -> float:
    """Return the median time between the first lines of successive tests, in ms."""
    with tempfile.TemporaryDirectory(prefix="vcard-bench-") as place:
        module = Path(place) / "test_it.py"
        module.write_text(_TESTS.format(count=TESTS, fixtures=fixtures, body=body))
        command = [sys.executable, "-m", "pytest", "-sq", "-p", "no:cacheprovider", str(module)]
        done = subprocess.run(
            command, cwd=place, check=True, capture_output=True, text=True, timeout=60
        )
    line = next(line for line in done.stdout.splitlines() if "TIMES" in line)
    times = [float(word) for word in line.partition("TIMES")[2].split()]
    return 1000 * median(after - before for before, after in pairwise(times))
