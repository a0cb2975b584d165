"""The wrapped command: start it, forward signals, return its exit status.

Signals are blocked before any thread starts and fetched with sigwaitinfo, which tells apart those
that the terminal sent to the child as well (not sent twice) and those that must be forwarded.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ifd_bridge.system import threads

from . import own_end

FORWARDED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
_FROM_KERNEL = 0x80
"""si_code of a signal that the terminal sent: to the child too, so it is not sent again."""

CANNOT_RUN, NOT_FOUND = 126, 127


@contextlib.contextmanager
def held_signals() -> Iterator[set[signal.Signals]]:
    """Block the signals that are forwarded; enter it before any thread is started.

    Those that were ignored (`nohup`, a background job) stay ignored, but for SIGCHLD: the kernel
    would keep no status of our children. At the end all is as before, so that later children of
    this process can be told to end.
    """
    children = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    held = {one for one in FORWARDED if signal.getsignal(one) is not signal.SIG_IGN}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*held, signal.SIGCHLD})
    try:
        yield held
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGCHLD, children)


WAKE = signal.SIGRTMIN + 1
"""The signal by which one thread here interrupts another one's wait; no other process sends it."""
AGAIN_S = 0.05
"""After this it is sent again: one that comes just before Python begins a wait does not end it."""
ENDING = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM})
"""The signals that end what is not ready yet; the others wait for the command."""


class EndedError(SystemExit):
    """A signal has ended the making of a world; the status is the one that a shell gives."""


class _Ender:
    """Lets signals end what the thread that made it waits for."""

    def __init__(self, held: set[signal.Signals]) -> None:
        self._wanted = {*(held & ENDING), WAKE}
        self._thread = threading.get_ident()
        self._caught: list[int] = []
        self._heard, self._over = threading.Event(), threading.Event()

    def start(self) -> threading.Thread:
        """The thread that watches; RuntimeError if there is none to be had."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {WAKE})  # which it inherits, to wait for it
        try:
            return threads.start("vcard-signals", self.watch, self.failed)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {WAKE})

    def wake(self, *_: object) -> None:
        """The handler of WAKE: raises in the main thread what ends it."""
        if not self._over.is_set():
            self.check()

    def check(self) -> None:
        """EndedError if a signal has come."""
        if self._caught:
            self._heard.set()
            raise EndedError(128 + self._caught[0])

    def watch(self) -> None:
        """Fetch signals until the end; a second one ends the process."""
        while (caught := self._next()) != WAKE:
            if self._caught:
                own_end.leave(128 + caught)
            self._caught.append(caught)

    def _next(self) -> int:
        while self._caught and not self._heard.is_set():
            signal.pthread_kill(self._thread, WAKE)
            if (caught := signal.sigtimedwait(self._wanted, AGAIN_S)) is not None:
                return caught.si_signo
        return signal.sigwait(self._wanted)

    def failed(self) -> None:
        """End what is waited for: no signal would any more."""
        if threading.get_ident() == self._thread:
            return  # there was no thread to be had, which is raised
        self._caught.append(signal.SIGTERM)
        while not self._heard.is_set():
            signal.pthread_kill(self._thread, WAKE)
            self._heard.wait(AGAIN_S)

    def end(self, watcher: threading.Thread) -> None:
        """Have nothing ended any more."""
        self._over.set()
        self._heard.set()
        if watcher.is_alive() and watcher.ident is not None:
            signal.pthread_kill(watcher.ident, WAKE)
        watcher.join()


@contextlib.contextmanager
def endable(held: set[signal.Signals]) -> Iterator[None]:
    """Let the signals that are held end what the main thread does in this context.

    The first one raises EndedError in it, whatever it waits for; a second one, where a user's code
    has swallowed that, ends the process at once.
    """
    ender = _Ender(held)
    before = signal.signal(WAKE, ender.wake)
    try:
        watcher = ender.start()
        try:
            yield
            ender.check()
        finally:
            ender.end(watcher)
    finally:
        signal.signal(WAKE, before)


def run(command: Sequence[str], environ: Mapping[str, str], held: set[signal.Signals]) -> int:
    """Run a command to its end; the status as a shell would give it (128 + n after signal n).

    OSError if it cannot be started.
    """
    inside = {**os.environ, **environ}
    pid = os.posix_spawnp(
        _found(command[0], inside),
        list(command),
        inside,
        setsigmask=(),
        setsigdef=(signal.SIGPIPE,),
    )
    status = os.waitstatus_to_exitcode(_wait(pid, held))
    return 128 - status if status < 0 else status


def _found(program: str, environ: Mapping[str, str]) -> str:
    """Return the path of a program on the PATH that it will have."""
    found = shutil.which(program, path=environ.get("PATH", os.defpath))
    if found is None and os.sep not in program:
        raise FileNotFoundError(errno.ENOENT, "no such command", program)
    return found or program  # a wrong path says itself what is wrong


def _wait(pid: int, held: set[signal.Signals]) -> int:
    """Hand signals on until the child has ended; its wait status."""
    while True:
        caught = signal.sigwaitinfo({*held, signal.SIGCHLD})
        if caught.si_signo == signal.SIGCHLD:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return status
        elif caught.si_code != _FROM_KERNEL:
            os.kill(pid, caught.si_signo)


def status_of(error: OSError) -> int:
    """The exit status with which a shell says why a command could not be started."""
    return NOT_FOUND if isinstance(error, FileNotFoundError) else CANNOT_RUN


def path_with_vcard() -> dict[str, str]:
    """PATH, with the command `vcard` on it, so that wrapped commands can steer their world."""
    here = Path(sys.argv[0]).resolve().parent
    path = os.environ.get("PATH", os.defpath)
    if shutil.which("vcard") or not (here / "vcard").exists():
        return {}
    return {"PATH": f"{path}{os.pathsep}{here}"}
