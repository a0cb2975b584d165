"""Threads of ours. None ends in silence: a failure is logged, and waiting threads are released.

Spec: sched_setattr(2) for their time slices.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections.abc import Callable
from struct import Struct

log = logging.getLogger("vcard.threads")

SLICE_NS = 100_000
"""The shortest time slice that a kernel gives."""

SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274}
"""The number of the system call, of which Python knows nothing; elsewhere nothing is asked."""

_ATTR = Struct("=IIQiIQQQ")
"""struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period."""


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


def take_short_slices() -> None:
    """Tell the kernel that the calling thread answers at once and sleeps again.

    A thread that wakes another one is put off for it, unless its own slice ends earlier. With a
    slice like any other's, whoever answers is put off before it waits for the next question, and
    comes back only to wait: on one processor a switch more for every other APDU. Kernels before
    6.12 accept the request and do nothing.
    """
    number = SETATTR.get(platform.machine())
    if number is None or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return
    import ctypes  # where a handler has come only

    nice = os.getpriority(os.PRIO_PROCESS, 0)  # of this thread; it is set anew as well
    attr = _ATTR.pack(_ATTR.size, os.SCHED_OTHER, 0, nice, 0, SLICE_NS, 0, 0)
    ctypes.CDLL(None).syscall(ctypes.c_long(number), 0, attr, 0)  # a sandbox may forbid it
