"""The socket path by which this process's own PC/SC calls find its worlds, one after another.

libpcsclite reads PCSCLITE_CSOCK_NAME once for each process, so a process has one path, a symbolic
link: it leads to the pcscd of the running world, and between worlds to the pcscd that the process
would have used without us (if there is one).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from .private_directory import PrivateDirectory
from .run_directory import RUN, VARIABLE

NAME = "pcscd.comm"


class ProcessSocket:
    """The link. Worlds of one process claim it in turn; a second one at once goes without."""

    def __init__(self, outer: Path) -> None:
        self._directory = PrivateDirectory()
        self.path = self._directory.path / NAME
        self.outer = outer
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._target: Path | None = None
        self._lead_to(outer)
        atexit.register(self.remove)

    def claim(self, target: Path) -> bool:
        """Lead to the socket of a world; False if another world of this process has the link."""
        with self._lock:
            if self._target is not None:
                return False
            self._target = target
            self._lead_to(target)
            return True

    def release(self, target: Path) -> None:
        """Lead to the outer pcscd again. Harmless for a world that has no claim."""
        with self._lock:
            if self._target == target:
                self._target = None
                self._lead_to(self.outer)

    def remove(self) -> None:
        """Remove the link; in a forked child, nothing."""
        atexit.unregister(self.remove)
        if os.getpid() == self.owner:
            self._directory.remove()

    def _lead_to(self, target: Path) -> None:
        draft = self.path.with_suffix(".new")
        draft.symlink_to(target)
        draft.replace(self.path)  # at once: clients see the old target or the new one


_made: list[ProcessSocket] = []
_making = threading.Lock()


def process_socket() -> ProcessSocket:
    """The link of this process, made when first asked for."""
    with _making:
        if not _made or _made[0].owner != os.getpid():
            named = os.environ.get(VARIABLE)
            _made[:] = [ProcessSocket(Path(named) if named else RUN / NAME)]
        return _made[0]


def early_contexts() -> list[Path]:
    """The pcscd sockets, other than the link, to which this process has connections now."""
    ours = {os.fspath(made.path) for made in _made}
    return [path for path in _peers() if path.name == NAME and os.fspath(path) not in ours]


def _peers() -> Iterator[Path]:
    """The servers to which this process has connected unix sockets."""
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if entry.readlink().name.startswith("socket:"):
                with socket.socket(fileno=os.dup(int(entry.name))) as connection:
                    name = connection.getpeername()
                if isinstance(name, str) and name:
                    yield Path(name)
