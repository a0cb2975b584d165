"""Measures our readers against the null handler and vpcd: one run, interleaved.

Everything is pinned to one processor, because a wake-up across processors costs more than the rest;
each round gives its own ratio to the null handler. Each row has its median, and in brackets the
quartiles of the rounds. The file has every round's figure, and the machine; `python -m bench
compare BEFORE AFTER` prints two files side by side.

The last lines say which goals were met; with --check the exit status does as well. VCARD_BENCH_VPCD
may name the library of a newer vpcd than Debian's, to be measured too.

    python -m bench [--rounds N] [--check] [--out FILE]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from ifd_bridge import endpoint
from ifd_bridge.cli.progress import counted
from ifd_bridge.pcscd.hotplug import why_not
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from vcard import Card

from . import inprocess, machine, users, worlds
from .report import Report, Row
from .rounds import Rounds, p99

SHORT, LONG = 0, 65535
COUNTS = {SHORT: 1000, LONG: 60}
VPCD_COUNT = 4
SLOW = "Debian's vpcd"
CLIENTS, CYCLES = 16, 40
BEGIN_TIMEOUT_S = 10.0
SHORT_GOAL, LONG_GOAL, CPU_GOAL, TPDU_GOAL, EVENT_GOAL = 2.0, 2.2, 2.0, 1.4, 2.5


class Bench:
    """All measurements, in the order of the report."""

    def __init__(self, place: Path, rounds: int, report: Report) -> None:
        self.handler, client = worlds.build(place)
        self.rounds = Rounds([str(client)], rounds, report)
        pyscard = [sys.executable, "-m", "bench.pyscard_client"]
        self.pyscard = Rounds(pyscard, rounds, report)
        self.report = report

    def pinned(self) -> None:
        """Run the measurements on one processor."""
        with ExitStack() as stack:
            null = stack.enter_context(worlds.null(self.handler))
            ours = stack.enter_context(worlds.ours())
            hello = stack.enter_context(users.hello())
            genuine = [stack.enter_context(worlds.genuine())] if why_not() is None else []
            self._users(null, hello)
            self._short(stack, null, ours, genuine)
            self.rounds.times(
                "64 KiB",
                [null, ours, *genuine],
                lambda _: ("apdu", 0, COUNTS[LONG], LONG),
                {"vcard": LONG_GOAL},
            )
            self.rounds.times(
                "connect and reset", [null, ours, *genuine], lambda _: ("cycle", 0, CYCLES)
            )
            self.rounds.events("insert, remove", [null, ours, *genuine], {"vcard": EVENT_GOAL})
            users.starts(self.rounds, hello)
        self._levels()
        self._first_answer(100)
        self._in_process()

    def free(self, rounds: int) -> None:
        """Run the measurements on all processors."""
        with worlds.null(self.handler, CLIENTS) as null, worlds.many(CLIENTS) as ours:
            self.rounds.together(f"{CLIENTS} clients", [null, ours], CLIENTS, COUNTS[SHORT])
        self._neighbour(2000)
        users.fixture(Rounds(self.rounds.client, min(3, rounds), self.report))

    def _users(self, null: worlds.World, hello: worlds.World) -> None:
        """The hello card's SELECT through C and pyscard, and its CPU time."""
        subjects, count = [null, hello], COUNTS[SHORT]
        select = ("command", 0, count, users.SELECT)
        self.rounds.times("SELECT in C", subjects, lambda _: select, {hello.name: SHORT_GOAL})
        self.pyscard.times("SELECT by pyscard", subjects, lambda _: select)
        self.rounds.cpu("CPU for a SELECT", subjects, users.SELECT, count, CPU_GOAL)

    def _short(
        self,
        stack: ExitStack,
        null: worlds.World,
        ours: worlds.World,
        genuine: list[worlds.Ours],
    ) -> None:
        subjects = [null, ours, stack.enter_context(worlds.echo())]
        subjects += [stack.enter_context(worlds.foreign()), *genuine]
        if worlds.NEWEST_VPCD.is_file():
            newest = worlds.vpcd(driver=worlds.NEWEST_VPCD, called="newest vpcd")
            subjects.append(stack.enter_context(newest))
        if worlds.VPCD.exists():
            subjects.append(stack.enter_context(worlds.vpcd(called=SLOW)))
        found = self.rounds.times(
            "short APDU",
            subjects,
            lambda world: ("apdu", 0, VPCD_COUNT if world.name == SLOW else COUNTS[SHORT], SHORT),
            {"vcard": SHORT_GOAL},
        )
        if SLOW in found:
            times = [
                theirs / mine for theirs, mine in zip(found[SLOW], found["vcard"], strict=True)
            ]
            self.report.tell(
                Row(f"faster than {SLOW}", "times", times, more=True, met=median(times) >= 500)
            )

    def _levels(self) -> None:
        """The cost of T=1 blocks made by the host, and of procedure bytes handled by the reader."""
        levels = (
            (ExchangeLevel.EXTENDED_APDU, 1),
            (ExchangeLevel.TPDU, 1),
            (ExchangeLevel.TPDU, 0),
        )
        with ExitStack() as stack:
            subjects = [stack.enter_context(worlds.at_level(*level)) for level in levels]
            goals = dict.fromkeys((world.name for world in subjects[1:]), TPDU_GOAL)
            self.rounds.times("level", subjects, lambda _: ("apdu", 0, COUNTS[SHORT], SHORT), goals)

    def _first_answer(self, goal_ms: float) -> None:
        """The time from entering an endpoint to the first response, with the client's start."""
        found = []
        for _ in counted(self.rounds.rounds, "start"):
            began = time.monotonic_ns()
            with worlds.ours() as world:
                found.append(self.rounds.ask(world, "first")[0] / 1000 - began / 1e6)
        self.rounds.tell_absolute("endpoint to first APDU", "ms", found, goal_ms)

    def _neighbour(self, goal_us: float) -> None:
        """A reader's slowest round trips (p99) while a card in another one computes.

        The report also has them while no card computes, and those of the null handler: nothing is
        pinned here, and all of them include the load of a busy machine.
        """
        busy, quiet = worlds.Bench(), worlds.Bench()
        readers = [CcidReader(models.PLAIN), CcidReader(models.PLAIN)]
        for reader, applet in zip(readers, (busy, quiet), strict=True):
            reader.insert(Card(applet, atr=worlds.ATR, default=applet))
        asked = ("apdu", 1, COUNTS[SHORT], SHORT)
        with worlds.null(self.handler, 2) as null, endpoint(*readers) as pcsc:
            world = worlds.World("vcard", pcsc.environ)
            self.rounds.times("p99 beside an idle card", [null, world], lambda _: asked, of=p99)
            busy.spinning.set()
            with subprocess.Popen([*self.rounds.client, "spin", "0"], env=world.environ):
                if not busy.begun.wait(BEGIN_TIMEOUT_S):
                    raise TimeoutError("the busy card has not begun")
                found = [p99(self.rounds.ask(world, *asked)) for _ in range(self.rounds.rounds)]
                busy.spinning.clear()
        self.rounds.tell_absolute("p99 beside a busy card", "µs", found, goal_us)

    def _in_process(self) -> None:
        """Without pcscd."""
        measures: tuple[tuple[str, Callable[[], float]], ...] = (
            ("card alone", inprocess.card),
            ("driver, reader and card", inprocess.driver),
            ("the same, traceable, not traced", inprocess.traceable),
            ("the same with the real cable", inprocess.cable),
        )
        for name, measure in measures:
            rates = [measure() for _ in range(self.rounds.rounds)]
            self.report.tell(Row(f"in process, {name}", "APDU/s", rates, more=True))


def main() -> int:
    """Run everything; return 1 if a goal was missed and --check was given."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--check", action="store_true", help="fail if a goal is missed")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"), metavar="FILE")
    options = parser.parse_args()
    everywhere = os.sched_getaffinity(0)
    report = Report(machine.state())
    with tempfile.TemporaryDirectory(prefix="vcard-bench-") as place:
        bench = Bench(Path(place), options.rounds, report)
        os.sched_setaffinity(0, {max(everywhere)})
        bench.pinned()
        os.sched_setaffinity(0, everywhere)
        bench.free(options.rounds)
    report.machine["null handler (µs)"] = next(
        f"{median(row.samples):.1f}" for row in report.rows if row.name == "short APDU, null"
    )
    report.write(options.out)
    missed = report.missed
    print(f"missed: {', '.join(missed)}" if missed else "every goal was met")
    print(f"in {options.out}")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
