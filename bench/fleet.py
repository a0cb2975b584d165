"""Measures a fleet: Locust loads the stand-in SM-DP+ with eUICCs, from one worker and from two.

    python -m bench.fleet [--users N] [--seconds N] [--rounds N]

The server runs on the same machine, so the goal compares cores: a worker and the server on one core
against two workers and the server on two. The report also has one worker on both cores, and the CPU
seconds per download of workers and server in each run. From these it derives the speed-up of two
workers on otherwise idle cores, and with the server on another machine. Rounds alternate between
the set-ups, and the best round of each is reported: other load makes a run slower, never faster.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCUSTFILE = "examples/fleet/locustfile.py"
GOAL_RATIO = 1.6
RUNS = (("one worker, one core", 1, 1), ("one worker, two cores", 2, 1), ("two workers", 2, 2))
END = 60.0
SAMPLES = 9
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """Downloads per second, failures, CPU seconds per download, bytes per card."""

    rate: float
    failures: int
    worker: float
    server: float
    memory: float
    table: str


def free_port() -> int:
    """Return a free TCP port on loopback."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def computed(process: subprocess.Popen[bytes]) -> float:
    """Return the CPU seconds of a process so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(process: subprocess.Popen[bytes]) -> int:
    """Return the resident memory of a process in bytes."""
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * resource.getpagesize()


def most_resident(crowd: Sequence[subprocess.Popen[bytes]], seconds: float) -> int:
    """Return the peak memory of processes together within a number of seconds.

    A worker may have released the memory of its cards at the end.
    """
    most = 0
    for _ in range(SAMPLES):
        time.sleep(seconds / SAMPLES)
        most = max(most, sum(map(resident, crowd)))
    return most


def answers(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server listens; RuntimeError if the process ends first."""
    until = time.monotonic() + END
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server does not listen")


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program of this tree; end it with the context."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(END)


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Start processes on a number of cores."""
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(usual)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


def measured(workers: int, users: int, seconds: int) -> Run:
    """Run a master and a number of workers; measure each process from outside."""
    port, bind = free_port(), free_port()
    locust = ("locust", "-f", LOCUSTFILE)
    place = ("--master-bind-port", str(bind))
    with (
        tempfile.TemporaryDirectory() as folder,
        started("examples.fleet.server", "--port", str(port)) as server,
    ):
        answers(port, server)
        began = computed(server)
        with started(
            *locust, "--headless", "--master", *place, "--expect-workers", str(workers),
            "-u", str(users), "-r", str(users), "-t", f"{seconds}s", "--csv", f"{folder}/run",
            "--host", f"https://127.0.0.1:{port}", "--reset-stats",
        ) as master:  # fmt: skip
            crowd = [
                subprocess.Popen(
                    [sys.executable, "-m", *locust, "--worker", "--master-port", str(bind)],
                    cwd=ROOT,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                for _ in range(workers)
            ]
            try:
                empty = computed_when_ready(crowd)
                base = sum(map(resident, crowd))
                memory = most_resident(crowd, seconds * 0.9) - base
                used = [computed(one) for one in crowd]
                serving = computed(server) - began
                said, _ = master.communicate(timeout=END)
            finally:
                for one in crowd:
                    one.terminate()
                    one.wait(END)
        line = downloads(Path(folder, "run_stats.csv"), said)
    count = max(1, int(line["Request Count"]))
    table = said.decode(errors="replace").split("Response time percentiles")[0]
    return Run(
        float(line["Requests/s"]),
        int(line["Failure Count"]),
        (sum(used) - empty) / count,
        serving / count,
        memory / users,
        table[table.rfind("Type     Name") :],
    )


def downloads(path: Path, said: bytes) -> dict[str, str]:
    """Return the download line of Locust's table; RuntimeError with its output if missing."""
    with path.open() as file:
        found = [row for row in csv.DictReader(file) if row["Name"] == "download"]
    if not found:
        raise RuntimeError(said.decode(errors="replace"))
    return found[0]


def computed_when_ready(crowd: list[subprocess.Popen[bytes]]) -> float:
    """Wait until the workers have finished importing; return the CPU seconds of that."""
    time.sleep(4)
    return sum(computed(one) for one in crowd)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return 1 if two workers miss the speed-up goal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=40)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    wanted = parser.parse_args(arguments)
    if importlib.util.find_spec("locust") is None:
        print("fleet                    left out: pip install 'vcard-emulator[fleet]'")
        return 0
    runs: dict[str, Run] = {}
    for _, (name, cores, workers) in product(range(wanted.rounds), RUNS):
        with on_cores(cores):
            run = measured(workers, wanted.users, wanted.seconds)
        runs[name] = max(run, runs.get(name, run), key=lambda one: one.rate)
    one, alone, two = runs.values()
    print(two.table.rstrip())
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    print(f"load of the machine      {load} on {os.cpu_count()} cores")
    for name, run in runs.items():
        print(
            f"{name:<24} {run.rate:10.1f} downloads/s, {run.failures} failed; computing for one: "
            f"{run.worker * 1e3:.1f} ms in workers, {run.server * 1e3:.1f} ms in the server"
        )
    print(f"memory for an eUICC      {two.memory / 1024:10.0f} KiB")
    print(f"two workers to one       {two.rate / one.rate:10.2f}   goal {GOAL_RATIO}")
    print(f"to one with both cores   {two.rate / alone.rate:10.2f}")
    shared = two.worker + two.server
    print(f"by their computing       {2 * alone.worker / shared:10.2f}")
    print(f"with a server elsewhere  {2 * alone.worker / two.worker:10.2f}")
    return 0 if two.rate / one.rate >= GOAL_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
