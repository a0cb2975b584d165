"""Measures our endpoint against the null handler and Debian's vpcd: one run, interleaved.

Everything is pinned to one processor, because a wake-up across processors costs more than the
rest; the ratio to the null handler is taken inside each round, and medians of it are told.
The last lines say which goals were met; the exit status does so, too, with --check.

    python -m bench.run [--rounds N] [--check]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from ifd_bridge import endpoint
from ifd_bridge.cli.progress import counted
from ifd_bridge.pcscd.hotplug import why_not
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from vcard import Card

from . import inprocess, worlds

SHORT, LONG = 0, 65535
COUNTS = {SHORT: 1000, LONG: 60}
VPCD_COUNTS = {SHORT: 4}
FREE = ("vpcd", "vpicc", "libccid")
EVENTS = 50
BEGIN_TIMEOUT_S = 10.0

Row = tuple[str, str, bool | None]


def p99(values: Sequence[float]) -> float:
    """The value that one in a hundred exceeds."""
    return sorted(values)[int(len(values) * 0.99)]


class Bench:
    """Runs the client in the worlds, round by round."""

    def __init__(self, client: Path, rounds: int) -> None:
        self.client = str(client)
        self.rounds = rounds
        self.rows: list[Row] = []

    def tell(self, what: str, result: str, *, met: bool | None = None) -> None:
        """One line of the report."""
        self.rows.append((what, result, met))
        goal = {None: "", True: "  (goal met)", False: "  (GOAL MISSED)"}[met]
        print(f"{what:34} {result}{goal}", flush=True)

    def ask(self, world: worlds.World, *args: object) -> list[float]:
        """What the client prints, in µs."""
        command = [self.client, *map(str, args)]
        done = subprocess.run(
            command, env=world.environ, capture_output=True, text=True, check=True, timeout=120
        )
        return [int(line) / 1000 for line in done.stdout.split()]

    def apdus(
        self, title: str, subjects: Sequence[worlds.World], size: int, goal: float
    ) -> dict[str, float]:
        """Round trips of every subject in shuffled rounds, compared with those of the first.

        All but the first and those in FREE have to meet the goal.
        """
        times: dict[str, list[float]] = {world.name: [] for world in subjects}
        ratios: dict[str, list[float]] = {world.name: [] for world in subjects}
        for _ in counted(self.rounds, title):
            found = {}
            for world in random.sample(subjects, len(subjects)):
                counts = VPCD_COUNTS if world.name == "vpcd" else COUNTS
                found[world.name] = self.ask(world, "apdu", 0, counts[size], size)
            base = median(found[subjects[0].name])
            for name, values in found.items():
                times[name] += values
                ratios[name].append(median(values) / base)
        for name, values in times.items():
            ratio = median(ratios[name])
            met = None if name in (subjects[0].name, *FREE) else ratio <= goal
            text = (
                f"median {median(values):9.1f} µs  p99 {p99(values):9.1f} µs"
                f"  {ratio:8.2f} x {subjects[0].name}"
            )
            self.tell(f"{title}, {name}", text, met=met)
        return {name: median(values) for name, values in times.items()}

    def levels(self, goal: float) -> None:
        """What it costs that the host makes the blocks or the reader the procedure bytes."""
        with ExitStack() as stack:
            self.apdus(
                "short APDU",
                [
                    stack.enter_context(worlds.at_level(level, protocol))
                    for level, protocol in (
                        (ExchangeLevel.EXTENDED_APDU, 1),
                        (ExchangeLevel.TPDU, 1),
                        (ExchangeLevel.TPDU, 0),
                    )
                ],
                SHORT,
                goal,
            )

    def events(self, subjects: Sequence[worlds.World], goal: float) -> None:
        """From the movement of the card to the client's return from SCardGetStatusChange."""
        medians = {}
        for world in subjects:
            late = self._event_times(world)
            medians[world.name] = median(late)
            ratio = medians[world.name] / medians["null"]
            met = ratio <= goal if world.name == "vcard" else None
            text = f"median {median(late):9.1f} µs  p99 {p99(late):9.1f} µs  {ratio:8.2f} x null"
            self.tell(f"insert and remove, {world.name}", text, met=met)

    def _event_times(self, world: worlds.World) -> list[float]:
        command, late = [self.client, "events", str(2 * EVENTS)], []
        with subprocess.Popen(
            command, env=world.environ, stdout=subprocess.PIPE, text=True
        ) as client:
            assert client.stdout
            for number in range(2 * EVENTS):
                assert client.stdout.readline() == "ready\n"
                time.sleep(0.002)  # the client is on its way into SCardGetStatusChange
                began = time.monotonic_ns()
                world.move(present=number % 2 == 1)
                late.append((int(client.stdout.readline()) - began) / 1000)
        return late

    def starts(self, goal_ms: float) -> None:
        """From entering an endpoint to the first answer, the client's own start included."""
        found = []
        for _ in counted(self.rounds, "start"):
            began = time.monotonic_ns()
            with worlds.ours() as world:
                found.append(self.ask(world, "first")[0] / 1000 - began / 1e6)
        text = f"median {median(found):9.1f} ms  worst {max(found):8.1f} ms"
        self.tell("start to first APDU", text, met=max(found) <= goal_ms)

    def neighbour(self, goal_us: float) -> None:
        """A reader's round trips while a card in another one computes without a pause.

        Those before it computes are told, too: what a busy machine adds by itself is in both. On a
        single free CPU the scheduler's slices (3-4 ms) are in one round trip of a hundred, with
        the null handler and a busy process as well.
        """
        busy, quiet = worlds.Bench(), worlds.Bench()
        readers = [CcidReader(models.PLAIN), CcidReader(models.PLAIN)]
        for reader, applet in zip(readers, (busy, quiet), strict=True):
            reader.insert(Card(applet, atr=worlds.ATR, default=applet))
        with endpoint(*readers) as pcsc:
            world = worlds.World("neighbour", {**os.environ, **pcsc.environ})
            self._beside("beside an idle card", world)
            busy.spinning.set()
            with subprocess.Popen([self.client, "spin", "0"], env=world.environ):
                if not busy.begun.wait(BEGIN_TIMEOUT_S):
                    raise TimeoutError("the busy card has not begun")
                self._beside("beside a busy card (not pinned)", world, goal_us)
                busy.spinning.clear()

    def _beside(self, what: str, world: worlds.World, goal_us: float | None = None) -> None:
        """The medians over the rounds of each round's median and p99."""
        found = [self.ask(world, "apdu", 1, 1000, SHORT) for _ in range(self.rounds)]
        late = median(map(p99, found))
        text = f"median {median(map(median, found)):9.1f} µs  p99 {late:9.1f} µs"
        self.tell(what, text, met=None if goal_us is None else late <= goal_us)

    def in_process(self, null_us: float) -> None:
        """Without pcscd. The goals hold where the null handler does 30,000 APDU/s."""
        scale = 1e6 / 30000 / null_us
        measures: tuple[tuple[str, Callable[[], float], int], ...] = (
            ("card alone", inprocess.card, 200_000),
            ("driver, reader and card", inprocess.driver, 60_000),
            ("the same, traceable, not traced", inprocess.traceable, 0),
            ("the same with the real cable", inprocess.cable, 0),
        )
        for name, measure, goal in measures:
            rate = max(measure() for _ in range(5))
            wanted = goal * scale
            text = f"{rate:12,.0f} APDU/s" + (f"  (goal {wanted:,.0f})" if goal else "")
            self.tell(f"in process, {name}", text, met=rate >= wanted if goal else None)


def main() -> int:
    """Run everything; 1 if a goal was missed and --check was given."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.run")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--check", action="store_true", help="fail if a goal is missed")
    options = parser.parse_args()
    everywhere = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory(prefix="vcard-bench-") as place, ExitStack() as stack:
        handler, client = worlds.build(Path(place))
        bench = Bench(client, options.rounds)
        os.sched_setaffinity(0, {max(everywhere)})
        null = stack.enter_context(worlds.null(handler))
        ours = stack.enter_context(worlds.ours())
        subjects = [null, ours]
        subjects.append(stack.enter_context(worlds.foreign()))
        if worlds.VPCD.exists():
            subjects.append(stack.enter_context(worlds.vpcd()))
        genuine = [stack.enter_context(worlds.genuine())] if why_not() is None else []
        subjects += genuine
        short = bench.apdus("short APDU", subjects, SHORT, 2.0)
        bench.apdus("64 KiB", [null, ours, *genuine], LONG, 2.5)
        bench.levels(1.5)
        bench.events([null, ours, *genuine], 3.0)
        bench.starts(100)
        bench.in_process(short["null"])
        if "vpcd" in short:
            times = short["vpcd"] / short["vcard"]
            bench.tell("faster than vpcd", f"{times:9.0f} times", met=times >= 500)
            times = short["vpcd"] / short["vpicc"]
            bench.tell(
                "the same card, faster than in vpcd", f"{times:9.0f} times", met=times >= 100
            )
        else:
            bench.tell("faster than vpcd", "not measured: apt install vsmartcard-vpcd")
        os.sched_setaffinity(0, everywhere)
        bench.neighbour(2000)
    missed = [what for what, _, met in bench.rows if met is False]
    print(f"missed: {', '.join(missed)}" if missed else "every goal was met")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
