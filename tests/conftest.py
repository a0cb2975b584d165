"""How many examples properties are tried with, and which tests this machine cannot run."""

from __future__ import annotations

import gc
from functools import cache

import pytest
from hypothesis import settings

from ifd_bridge.pcscd.compiled_parts import extension
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


def pytest_collection_finish() -> None:
    """What was imported stays: the garbage collector need not look at it again and again."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what a test said that passed at the second try: a rerun hides nothing."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first failure of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)
        for title, text in report.sections:
            terminalreporter.write_line(f"{title}: {text}")
