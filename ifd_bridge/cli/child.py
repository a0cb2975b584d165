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
ENDING = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM})
"""The signals that end what is not ready yet; the others wait for the command."""


class EndedError(SystemExit):
    """A signal has ended the making of a world; the status is the one that a shell gives."""


@contextlib.contextmanager
def endable(held: set[signal.Signals]) -> Iterator[None]:
    """Let the signals that are held end what the main thread does in this context.

    The first one raises EndedError in it, whatever it waits for; a second one, where a user's code
    has swallowed that, ends the process at once.
    """
    ended: list[int] = []
    main, over = threading.get_ident(), threading.Event()

    def raised(*_: object) -> None:
        if ended and not over.is_set():
            raise EndedError(128 + ended[0])

    def watch() -> None:
        while (caught := signal.sigwait({*(held & ENDING), WAKE})) != WAKE:
            if ended:
                own_end.leave(128 + caught)
            ended.append(caught)
            signal.pthread_kill(main, WAKE)

    def failed() -> None:
        ended.append(signal.SIGTERM)  # nothing else would end it any more
        signal.pthread_kill(main, WAKE)

    before = signal.signal(WAKE, raised)
    signal.pthread_sigmask(signal.SIG_BLOCK, {WAKE})  # the watcher inherits that, to wait for it
    watcher = threads.start("vcard-signals", watch, failed)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {WAKE})
    try:
        yield
        if ended:
            raise EndedError(128 + ended[0])
    finally:
        over.set()
        if watcher.is_alive() and watcher.ident is not None:
            signal.pthread_kill(watcher.ident, WAKE)
        watcher.join()
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
