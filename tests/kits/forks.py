"""The plugin of `make unit`: tests are collected once, and run by processes forked from that one.

Half of a short test's time with pytest-xdist is xdist's: each of its workers imports and collects
all anew, and sends messages for each phase of a test. A fork has all of it already, and sends one
message a test. What took most CPU time (which depends less on the machine than time does) is told
at the end, so that the ring does not grow unseen.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from itertools import chain, groupby, pairwise
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import pytest

SHARE = 64
"""So many tests at most are taken at one go; they are of one module, and share what it sets up."""
NUMBER = 4
"""Bytes of a number in the pipe of what is to do, which holds 64 KiB."""
TOLD, MOST_CPU_S = 5, 3.0
"""So many tests are told of; one that takes more CPU time than this is not a unit test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    most = (os.cpu_count() or 1) + 1  # as some wait
    parser.addoption("--forks", type=int, default=most, help="processes that run the tests")


def cpu_s() -> float:
    """What this process and its children have computed, in seconds."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def shares(items: Sequence[pytest.Item]) -> list[list[pytest.Item]]:
    """The tests in portions for one process."""
    made: list[list[pytest.Item]] = []
    for _, tests in groupby(items, key=lambda item: item.path):
        left = list(tests)
        made += [left[start : start + SHARE] for start in range(0, len(left), SHARE)]
    return made


def taken(made: list[list[pytest.Item]], todo: int) -> Iterator[pytest.Item]:
    """The tests of the shares whose numbers no other process has read."""
    while raw := os.read(todo, NUMBER):
        yield from made[int.from_bytes(raw, "big")]


class Worker:
    """A fork's side: it runs tests that no other one has taken, and tells what came of each."""

    def __init__(self, config: pytest.Config, told: Connection) -> None:
        self._config, self._told = config, told
        self._reports: list[dict[str, Any]] = []

    def run(self, tests: Iterator[pytest.Item]) -> None:
        self._take_over()
        with suppress(KeyboardInterrupt):  # the parent has it, too
            for item, following in pairwise(chain(tests, [None])):
                began = cpu_s()
                self._config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                self._told.send((item.nodeid, cpu_s() - began, self._reports))
                self._reports = []

    def _take_over(self) -> None:
        """Leave the terminal to the parent, and have files of its own for what is captured."""
        plugins = self._config.pluginmanager
        plugins.unregister(name="terminalreporter")
        plugins.register(self)
        capture = plugins.getplugin("capturemanager")
        capture.stop_global_capturing()
        capture.start_global_capturing()
        capture.suspend_global_capture()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            to_data = self._config.hook.pytest_report_to_serializable
            self._reports.append(to_data(config=self._config, report=report))


class Forks:
    """The parent's side."""

    def __init__(self, session: pytest.Session) -> None:
        self._session, self._hook = session, session.config.hook
        self.costs: dict[str, float] = {}
        """CPU time of each test that has been run, in seconds."""

    def run(self, count: int) -> None:
        """Have so many processes run all tests."""
        self._session.config._tmp_path_factory.getbasetemp()  # one, which pytest removes in time
        made = shares(self._session.items)
        todo, written = os.pipe()
        os.write(written, b"".join(n.to_bytes(NUMBER, "big") for n in range(len(made))))
        os.close(written)
        workers = dict(self._start(taken(made, todo)) for _ in range(count))
        os.close(todo)
        try:
            self._hear(workers)
        finally:
            for worker in workers.values():
                worker.kill()

    def _start(self, tests: Iterator[pytest.Item]) -> tuple[Connection, BaseProcess]:
        heard, told = multiprocessing.Pipe(duplex=False)
        worker = Worker(self._session.config, told)
        fork = multiprocessing.get_context("fork")
        process = fork.Process(target=worker.run, args=[tests])
        with closing(told):
            process.start()
        return heard, process

    def _hear(self, workers: dict[Connection, BaseProcess]) -> None:
        open_ones = set(workers)
        while open_ones:
            for one in wait(open_ones):
                try:
                    self._tell(*one.recv())
                except EOFError:
                    open_ones.remove(one)
        for worker in workers.values():
            worker.join()
        if missing := {item.nodeid for item in self._session.items} - self.costs.keys():
            raise RuntimeError(f"a process of the tests has died, at one of {sorted(missing)}")

    def _tell(self, nodeid: str, cost: float, reports: list[dict[str, Any]]) -> None:
        self.costs[nodeid] = cost
        for data in reports:
            report = self._hook.pytest_report_from_serializable(
                config=self._session.config, data=data
            )
            self._hook.pytest_runtest_logreport(report=report)
        if self._session.shouldfail:
            raise self._session.Failed(self._session.shouldfail)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"CPU time, of {sum(self.costs.values()):.1f} s in tests")
        for nodeid in sorted(self.costs, key=self.costs.__getitem__)[: -TOLD - 1 : -1]:
            cost = self.costs[nodeid]
            fault = "  TOO MUCH: make it smaller, or mark it slow" if cost > MOST_CPU_S else ""
            terminalreporter.write_line(f"{cost:5.2f} s {nodeid}{fault}")


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if session.testsfailed or session.config.option.collectonly:
        return None  # pytest says so itself
    forks = Forks(session)
    session.config.pluginmanager.register(forks)
    forks.run(session.config.option.forks)
    return True
