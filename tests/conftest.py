"""The number of examples for properties, and skips for tests that this machine cannot run."""

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

# pytest-timeout limits a test's time; Hypothesis's deadline would fail on a busy machine.
settings.register_profile("quick", max_examples=10, deadline=None)
settings.register_profile("thorough", max_examples=300, deadline=None)
settings.load_profile("quick")


@cache
def lacks(part: str | None) -> str | None:
    """Return what readers on USB lack here; None if nothing."""
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
    """Measure no coverage in slow tests, which repeat quick ones: that halves their time.

    Long tests start first, so that no process of several begins one at the end.
    """
    for item in filter(is_slow, items):
        item.add_marker("no_cover")
    if hasattr(config, "workerinput"):  # pytest-xdist
        items.sort(key=is_slow, reverse=True)


RSA_KEYS = 3
"""RSA keys made for each size: no test needs more different ones at the same time."""


@pytest.fixture(scope="session", autouse=True)
def few_rsa_keys() -> Iterator[None]:
    """Reuse RSA keys, the oldest first: making one takes a fifth of a second."""
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
    """Freeze the objects of the collection: they stay, and the garbage collector need not scan
    them."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000)  # tests leave little garbage, and the search for it takes a twentieth
    gc.enable()


atexit.register(gc.freeze)  # skip the final collection: everything dies with the process


def pytest_unconfigure(config: pytest.Config) -> None:
    """Skip the last collection in pytest-xdist's processes, whose output is no longer read."""
    if hasattr(config, "workerinput"):
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Drop the unused keywords of a report, half of what pytest-xdist sends."""
    report = yield
    report.keywords = {}
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the first output of tests that passed at the second try: a rerun hides nothing."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first failure of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)
        for title, text in report.sections:
            terminalreporter.write_line(f"{title}: {text}")
