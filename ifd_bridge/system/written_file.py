"""A file that is written beside the work: a trace, a capture, a recording.

It never stops the work. Only its user can read it. A record is written whole or not at all, so that
what is in the file stays readable; the first failure is told, once, by the file's name, and so is
the bound. Nothing more is written then.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import threading
from pathlib import Path

from .closing import Closing

log = logging.getLogger("vcard.files")

MODE = 0o600
LIMIT = 1 << 30
"""Bytes of a file that names no other bound."""


class WrittenFile(Closing):
    """The file at `path`; `-` is the standard output, or the descriptor that `standard` names.

    OSError if it cannot be opened. Opening a named pipe waits for its reader. BrokenPipeError
    from `write` where that reader has gone: nobody wants more. At most `limit` bytes.
    """

    def __init__(self, path: str | Path, *, limit: int | None = None, standard: int = 1) -> None:
        self.path = str(path)
        self.failure: str | None = None
        """The first error; None as long as everything was written."""
        self._limit, self._size, self._open = limit or LIMIT, 0, True
        self._lock = threading.Lock()
        if self.path == "-":
            self._fd = os.dup(standard)
            self._whole = False
        else:
            self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, MODE)
            self._whole = _made_ours(self._fd)

    def write(self, record: bytes) -> None:
        """Write a record, unless the file has failed or is full by its bound."""
        with self._lock:
            if not self._open:
                return
            if self._size + len(record) > self._limit:
                self._stop("has reached its limit of", f"{self._limit} bytes")
                return
            try:
                self._put(record)
            except BrokenPipeError:
                self._open = False
                raise
            except OSError as error:
                self._undo()
                self.failure = error.strerror or str(error)
                self._stop("cannot be written:", self.failure)

    def line(self, text: str) -> None:
        """Write a line of text."""
        self.write(text.encode("utf-8", "backslashreplace") + b"\n")

    def flush(self) -> None:
        """Do nothing: no data are buffered."""

    def close(self) -> None:
        """Harmless a second time."""
        with self._lock:
            self._open = False
            fd, self._fd = self._fd, -1
        if fd >= 0:
            with contextlib.suppress(OSError):  # the data are where they are
                os.close(fd)

    def _put(self, record: bytes) -> None:
        left = memoryview(record)
        while left:
            written = os.write(self._fd, left)
            if not written:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            left = left[written:]
        self._size += len(record)

    def _undo(self) -> None:
        """Take away what was written of a record that did not fit."""
        if self._whole:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._size)

    def _stop(self, what: str, why: str) -> None:
        self._open = False
        log.error("%s %s %s; nothing more is written to it", self.path, what, why)


def _made_ours(fd: int) -> bool:
    """Empty a file and let only its user read it; False for a pipe or a device."""
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        return False
    os.ftruncate(fd, 0)
    if found.st_uid == os.geteuid():
        os.fchmod(fd, MODE)
    return True
