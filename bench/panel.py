"""Measures what it costs a card that somebody watches: APDUs with a panel open and without.

The world, its pcscd, the client, the panel and its browser share one processor, so whatever any of
them does costs the card. Rounds with and without the panel alternate; the ratio of the
medians is taken inside each round, and the median of those is told.

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
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median

from ifd_bridge.cli.progress import counted
from ifd_bridge.world import World
from vcard import Card

from . import worlds

EVENTS_PER_APDU = 6
"""A call, a message, a command, and their answers."""
PAUSE_US = EVENTS_PER_APDU * 1000
"""Between two APDUs, so that there are 1,000 events in a second."""
MEASURES = (
    ("panel, 1,000 events/s", 300, PAUSE_US, 1.10),
    ("panel, as fast as can be", 3000, 0, None),
)
"""What it is called, how many APDUs, the pause between two, the goal."""


def card() -> Card:
    """The bench's card, for the world's SPEC."""
    applet = worlds.Bench()
    return Card(applet, atr=worlds.ATR, default=applet)


@contextmanager
def watched(environ: dict[str, str]) -> Iterator[None]:
    """A panel with a browser that reads everything."""
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
    """Round trips in µs."""
    command = [str(client), "apdu", "0", str(count), "0", str(pause)]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=True, timeout=120
    )
    return [int(line) / 1000 for line in done.stdout.split()]


def compare(
    client: Path, environ: dict[str, str], rounds: int, count: int, pause: int
) -> tuple[float, float, float]:
    """The medians without and with a panel, and the median of the rounds' ratios."""
    times: dict[bool, list[float]] = {False: [], True: []}
    ratios = []
    for _ in counted(rounds, "rounds"):
        found = {}
        for open_ in random.sample((False, True), 2):
            with watched(environ) if open_ else nullcontext():
                found[open_] = ask(client, environ, count, pause)
            times[open_] += found[open_]
        ratios.append(median(found[True]) / median(found[False]))
    return median(times[False]), median(times[True]), median(ratios)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the ratios; 1 if a goal was missed and --check was given."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.panel")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--check", action="store_true", help="fail if a goal is missed")
    options = parser.parse_args(arguments)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    missed = False
    with (
        tempfile.TemporaryDirectory(prefix="vcard-bench-") as place,
        World([("plain", "bench.panel:card")]) as world,
    ):
        _, client = worlds.build(Path(place))
        environ = {**os.environ, **world.environ}
        for title, count, pause, goal in MEASURES:
            alone, seen, ratio = compare(client, environ, options.rounds, count, pause)
            met = "" if goal is None else "  (goal met)" if ratio <= goal else "  (GOAL MISSED)"
            missed = missed or "MISSED" in met
            text = f"{alone:7.1f} µs alone  {seen:7.1f} µs watched  {ratio:5.2f} x{met}"
            print(f"{title:34} {text}", flush=True)
    return int(missed and options.check)


if __name__ == "__main__":
    raise SystemExit(main())
