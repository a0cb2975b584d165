"""Measures the cost of an open panel: APDUs with a panel and without.

Two worlds, their pcscds, the client, the panel of one world and its browser share one processor, so
that their work slows the card. Short rounds alternate between the worlds; each round gives the
ratio of its medians, and the median of these is reported.

    python -m bench.panel [--rounds N] [--check]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from ifd_bridge.cli.progress import counted
from ifd_bridge.worlds.world import World
from vcard import Card

from . import worlds

CARD = "bench.panel:card"
EVENTS_PER_APDU = 4
"""A message, a command and their responses, as sent to a panel."""
PAUSE_US = EVENTS_PER_APDU * 1000
"""Pause between two APDUs for 1,000 events per second."""
MEASURES = (
    ("panel, 1,000 events/s", 60, PAUSE_US, 1.10),
    ("panel, as fast as can be", 1000, 0, None),
)
"""Name, number of APDUs, pause between two (µs), goal (ratio)."""


def card() -> Card:
    """Make the bench's card, for the world's SPEC."""
    applet = worlds.Bench()
    return Card(applet, atr=worlds.ATR, default=applet)


@contextmanager
def watched(environ: dict[str, str]) -> Iterator[None]:
    """Run a panel with a browser that reads everything."""
    command = [sys.executable, "-m", "ifd_bridge.cli", "panel"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as panel:
        assert panel.stdout
        url = panel.stdout.readline().split()[-1]
        script = f"import urllib.request as u\nfor _ in u.urlopen({url + 'events'!r}): pass"
        with (
            urllib.request.urlopen(url + "events", timeout=10) as first,
            subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL) as browser,
        ):
            first.readline()
            first.close()
            try:
                yield
            finally:
                browser.kill()
                panel.terminate()


def ask(client: Path, environ: dict[str, str], count: int, pause: int) -> list[float]:
    """Return round trips in µs."""
    command = [str(client), "apdu", "0", str(count), "0", str(pause)]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=True, timeout=120
    )
    return [int(line) / 1000 for line in done.stdout.split()]


def compare(
    client: Path, subjects: Sequence[dict[str, str]], rounds: int, count: int, pause: int
) -> tuple[float, float, float]:
    """Return the medians (µs) in two worlds, and the median ratio of the rounds, second to
    first."""
    times: list[list[float]] = [[], []]
    ratios = []
    for _ in counted(rounds, "rounds"):
        found = [0.0, 0.0]
        for number in random.sample((0, 1), 2):
            values = ask(client, subjects[number], count, pause)
            times[number] += values
            found[number] = median(values)
        ratios.append(found[1] / found[0])
    return median(times[0]), median(times[1]), median(ratios)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the ratios; return 1 if a goal was missed and --check was given."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.panel")
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--check", action="store_true", help="fail if a goal is missed")
    options = parser.parse_args(arguments)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    missed = False
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="vcard-bench-"))
        alone, seen = (
            {**os.environ, **stack.enter_context(World([("plain", CARD)])).environ} for _ in "12"
        )
        stack.enter_context(watched(seen))
        _, client = worlds.build(Path(place))
        for title, count, pause, goal in MEASURES:
            before, after, ratio = compare(client, (alone, seen), options.rounds, count, pause)
            met = "" if goal is None else "  (goal met)" if ratio <= goal else "  (GOAL MISSED)"
            missed = missed or "MISSED" in met
            text = f"{before:7.1f} µs alone  {after:7.1f} µs watched  {ratio:5.2f} x{met}"
            print(f"{title:34} {text}", flush=True)
    return int(missed and options.check)


if __name__ == "__main__":
    raise SystemExit(main())
