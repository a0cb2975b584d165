"""How many examples properties are tried with, and which tests this machine cannot run."""

from __future__ import annotations

import atexit
import gc
from collections import defaultdict
from collections.abc import Generator, Iterator
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import settings

from ifd_bridge.pcscd.bundle import extension
from ifd_bridge.pcscd.daemon import PcscdError
from ifd_bridge.pcscd.hotplug import why_not

# How long a test takes is pytest-timeout's business; a deadline would fail on a busy machine.
settings.register_profile("quick", max_examples=10, deadline=None)
settings.register_profile("thorough", max_examples=300, deadline=None)
settings.load_profile("quick")


@cache
def lacks(part: str | None) -> str | None:
    """What is missing for readers on USB; None if nothing is."""
    try:
        if part:
            extension(part)
        return why_not()
    except PcscdError as error:
        return str(error)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, part in (("libccid", "fake_libusb"), ("hotplug", None)):
        if item.get_closest_marker(marker) and (reason := lacks(part)):
            pytest.skip(reason)


def is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests repeat what quick ones do: their lines are not counted, for half of the time.

    Of several processes none begins a long test when the others have nothing left to do.
    """
    for item in filter(is_slow, items):
        item.add_marker("no_cover")
    if hasattr(config, "workerinput"):  # pytest-xdist
        items.sort(key=is_slow, reverse=True)


RSA_KEYS = 3
"""How many RSA keys of a size are made: no test needs more that differ at the same time."""


@pytest.fixture(scope="session", autouse=True)
def few_rsa_keys() -> Iterator[None]:
    """Let RSA keys come again, the oldest first: to make one takes a fifth of a second."""
    made: dict[tuple[int, int], list[rsa.RSAPrivateKey]] = defaultdict(list)
    generate = rsa.generate_private_key

    def again(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
        keys = made[public_exponent, key_size]
        new = len(keys) < RSA_KEYS
        keys.append(generate(public_exponent, key_size, backend) if new else keys.pop(0))
        return keys[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rsa, "generate_private_key", again)
        yield


def pytest_collection() -> None:
    """Nearly all that is made now stays: the garbage collector would look at it for nothing."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000)  # what tests leave is little, and looking for it takes a twentieth
    gc.enable()


atexit.register(gc.freeze)  # what is left dies with its process: no looking at each of it


def pytest_unconfigure(config: pytest.Config) -> None:
    """Of pytest-xdist's processes nobody hears any more what a last collection would bring up."""
    if hasattr(config, "workerinput"):
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Twenty keywords a report, which nobody reads, are half of what pytest-xdist sends."""
    report = yield
    report.keywords = {}
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what a test said that passed at the second try: a rerun hides nothing."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first failure of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)
        for title, text in report.sections:
            terminalreporter.write_line(f"{title}: {text}")
