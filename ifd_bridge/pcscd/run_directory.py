"""/run/pcscd without a mount namespace: ownership and removal.

A directory that we create has a mark in it, and every world that uses it holds a lock on the mark,
which the kernel releases however the owner ends. The last world to leave removes the directory;
after a kill, the next one that leaves does.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

RUN = Path("/run/pcscd")
"""PCSCLITE_IPC_DIR: it must be there or pcscd must be able to make it."""

VARIABLE = "PCSCLITE_CSOCK_NAME"
"""The environment variable that leads libpcsclite to a socket elsewhere."""

PID_FILE = "pcscd.pid"
NOBODY = -1
"""The pid of a pcscd that never ran."""
_MARK = "vcard"


class RunDirectory:
    """One world's use of the directory."""

    def __init__(self, path: Path = RUN) -> None:
        self._path = path
        self._lock: int | None = None

    def enter(self) -> None:
        """Make the directory if it is missing; OSError if that is not allowed."""
        while not self._entered():
            pass  # the last world has removed it just now

    def leave(self, pid: int) -> None:
        """Our pcscd `pid` has ended: remove its files, and the directory if no world needs it."""
        pid_file = self._path / PID_FILE
        with suppress(OSError):
            if _pid_in(pid_file) == pid:
                pid_file.unlink()  # it was killed
        lock, self._lock = self._lock, None
        if lock is None:
            return
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not live_system_pcscd(pid_file):
                pid_file.unlink(missing_ok=True)
                (self._path / _MARK).unlink()
                self._path.rmdir()
        os.close(lock)

    def _entered(self) -> bool:
        mark = self._path / _MARK
        with suppress(FileExistsError):
            self._path.mkdir(mode=0o755)
            mark.touch(mode=0o644)
        try:
            lock = os.open(mark, os.O_RDONLY)
        except FileNotFoundError:
            return self._path.exists()  # then it is not of our making
        fcntl.flock(lock, fcntl.LOCK_SH)
        if os.fstat(lock).st_nlink:
            self._lock = lock
            return True
        os.close(lock)
        return False


def live_system_pcscd(pid_file: Path) -> int:
    """The process in the pid file, if it lives and was not started by us; else 0."""
    try:
        pid = _pid_in(pid_file)
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return 0
    return 0 if b"VCARD_PARENT=" in environment or b"pcscd" not in command else pid


def _pid_in(pid_file: Path) -> int:
    """The number in a pid file; 0 if there is none in it. OSError if it cannot be read."""
    text = pid_file.read_text(errors="replace").strip("\0\n ")
    return int(text) if text.isdecimal() else 0
