"""A wrapped command: started, given the signals meant for it, its exit status passed on."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

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

    Those that were ignored (`nohup`, a background job) stay ignored. At the end all is as before,
    so that later children of this process can be told to end.
    """
    held = {one for one in FORWARDED if signal.getsignal(one) is not signal.SIG_IGN}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*held, signal.SIGCHLD})
    try:
        yield held
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
    """Where a program is, on the PATH that it will have."""
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
