"""Runs the client in shuffled rounds of worlds, each round compared with its first world."""

from __future__ import annotations

import random
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from statistics import mean, median
from typing import TypeVar

from ifd_bridge.cli.progress import counted

from .machine import cpu_ns
from .report import Report, Row
from .worlds import World

T = TypeVar("T")
Samples = Mapping[str, Sequence[float]]
WARMUP = 1.1
"""The client sends a tenth of its commands before it starts measuring."""
SETTLE_S = 0.002
EVENTS = 20


def p99(values: Sequence[float]) -> float:
    """Return the 99th percentile."""
    return sorted(values)[int(len(values) * 0.99)]


class Rounds:
    """A number of rounds with one client, for one report."""

    def __init__(self, client: Sequence[str], rounds: int, report: Report) -> None:
        self.client = tuple(client)
        self.rounds = rounds
        self.report = report

    def ask(self, world: World, *args: object) -> list[float]:
        """Return the client's output, in µs."""
        return self._asked(world, *args)[0]

    def _asked(self, world: World, *args: object) -> tuple[list[float], str]:
        done = subprocess.run(
            [*self.client, *map(str, args)],
            env=world.environ,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return [int(line) / 1000 for line in done.stdout.split()], done.stderr

    def shuffled(
        self, title: str, worlds: Sequence[World], measure: Callable[[World], T]
    ) -> dict[str, list[T]]:
        """Measure every world in each round, in random order; return the samples."""
        found: dict[str, list[T]] = defaultdict(list)
        for _ in counted(self.rounds, title):
            for world in random.sample(worlds, len(worlds)):
                found[world.name].append(measure(world))
        return found

    def tell(
        self,
        title: str,
        samples: Samples,
        goals: Mapping[str, float] | None = None,
        *,
        unit: str = "µs",
        more: bool = False,
    ) -> None:
        """Report a row for each world; the goals are ratios to the first."""
        names = list(samples)
        base, first = names[0], samples[names[0]]
        for name in names:
            ratios = [a / b for a, b in zip(samples[name], first, strict=True)]
            goal = (goals or {}).get(name)
            ratio = median(ratios)
            met = None if goal is None else ratio >= goal if more else ratio <= goal
            shown = () if name == base else ratios
            row = Row(f"{title}, {name}", unit, samples[name], shown, base, more, met)
            self.report.tell(row)

    def tell_absolute(
        self, name: str, unit: str, samples: Sequence[float], goal: float | None = None
    ) -> None:
        """Report a row without a baseline; `goal` is its upper limit."""
        met = None if goal is None else median(samples) <= goal
        self.report.tell(Row(name, unit, samples, met=met))

    def times(
        self,
        title: str,
        worlds: Sequence[World],
        args: Callable[[World], Sequence[object]],
        goals: Mapping[str, float] | None = None,
        of: Callable[[Sequence[float]], float] = median,
    ) -> dict[str, list[float]]:
        """Report `of` (by default the median) of the times that the client prints for `args`."""
        found = self.shuffled(title, worlds, lambda world: of(self.ask(world, *args(world))))
        ordered = {world.name: found[world.name] for world in worlds}
        self.tell(title, ordered, goals)
        return ordered

    def cpu(self, title: str, worlds: Sequence[World], hexed: str, count: int, goal: float) -> None:
        """Report the CPU µs per APDU of pcscd, card and client together."""

        def measure(world: World) -> float:
            before = sum(map(cpu_ns, world.pids))
            _, told = self._asked(world, "command", 0, count, hexed)
            served = sum(map(cpu_ns, world.pids)) - before
            return served / 1000 / (count * WARMUP) + int(told) / 1000

        found = self.shuffled(title, worlds, measure)
        ordered = {world.name: found[world.name] for world in worlds}
        self.tell(title, ordered, {worlds[-1].name: goal})

    def events(self, title: str, worlds: Sequence[World], goals: Mapping[str, float]) -> None:
        """Report the time from the card's movement to the client's return from
        SCardGetStatusChange: the mean of both kinds of movement, then each by itself."""
        found = self.shuffled(title, worlds, self._event_times)

        def told(of: Callable[[tuple[float, float]], float]) -> dict[str, list[float]]:
            return {world.name: [of(pair) for pair in found[world.name]] for world in worlds}

        self.tell(title, told(mean), goals)
        self.tell("removal", told(itemgetter(0)))
        self.tell("insertion", told(itemgetter(1)))

    def _event_times(self, world: World) -> tuple[float, float]:
        """The medians of the removals and of the insertions."""
        command, late = [*self.client, "events", str(2 * EVENTS)], []
        with subprocess.Popen(
            command, env=world.environ, stdout=subprocess.PIPE, text=True
        ) as client:
            assert client.stdout
            for number in range(2 * EVENTS):
                assert client.stdout.readline() == "ready\n"
                time.sleep(SETTLE_S)  # let the client enter SCardGetStatusChange
                began = time.monotonic_ns()
                world.move(present=number % 2 == 1)
                late.append((int(client.stdout.readline()) - began) / 1000)
        return median(late[::2]), median(late[1::2])

    def together(self, title: str, worlds: Sequence[World], clients: int, count: int) -> None:
        """Report the APDUs per second of several clients at once, each on its own reader."""

        def measure(world: World) -> float:
            running = [
                subprocess.Popen(
                    [*self.client, "apdu", str(number), str(count), "0"],
                    env=world.environ,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                for number in range(clients)
            ]
            taken = [sum(map(int, each.communicate()[0].split())) / 1e9 for each in running]
            return sum(count / seconds for seconds in taken)

        found = self.shuffled(title, worlds, measure)
        self.tell(
            title, {world.name: found[world.name] for world in worlds}, unit="APDU/s", more=True
        )
