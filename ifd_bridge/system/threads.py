"""Threads that never end in silence: a failure is logged, and waiting threads are released."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger("vcard.threads")


def nobody_waits() -> None:
    """Do nothing: no thread waits for the one that ends."""


def start(
    name: str, work: Callable[[], object], failed: Callable[[], object] = nobody_waits
) -> threading.Thread:
    """Do `work` in a thread that ends with the process.

    Its exceptions are logged, once, with their traceback; then `failed` releases the threads that
    wait for it. What that raises is logged, too. RuntimeError, after `failed`, if the system has no
    thread left.
    """
    thread = threading.Thread(target=_run, args=(name, work, failed), name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        failed()
        raise
    return thread


def _run(name: str, work: Callable[[], object], failed: Callable[[], object]) -> None:
    try:
        work()
    except BaseException:  # SystemExit, too: it would end the thread in silence
        log.critical("the thread %r has failed, which is a fault of vcard", name, exc_info=True)
        try:
            failed()
        except BaseException:
            log.critical("nor could those who wait for %r be told", name, exc_info=True)
