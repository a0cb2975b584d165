"""Helpers for unix sockets: the length of a path, the peer, closing."""

from __future__ import annotations

import contextlib
import errno
import logging
import math
import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

log = logging.getLogger("vcard.sockets")

T = TypeVar("T")

MAX_PATH = 107
"""Longest path of a unix socket in bytes (sun_path without its last zero)."""


PROBE_TIMEOUT_S = 5.0
NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""The errors of `accept` while this process, or the machine, has no descriptor left."""
ROOM_PAUSE_S = 0.1


F = TypeVar("F", int, socket.socket)


def ready(*files: F, timeout_s: float | None = None, to: int = select.POLLIN) -> list[F]:
    """Wait until one of these can be read, or written if `to` is POLLOUT; return those that can.

    An empty list after `timeout_s`. Whatever has ended or was closed counts as ready; ValueError
    for what is closed already. `select` knows no descriptor above 1023, poll(2) does.
    """
    poll = select.poll()
    by_number = {one if isinstance(one, int) else one.fileno(): one for one in files}
    for number in by_number:
        poll.register(number, to)
    timeout_ms = None if timeout_s is None else math.ceil(timeout_s * 1000)
    return [by_number[number] for number, _ in poll.poll(timeout_ms)]


def make_free(path: Path, kind: socket.SocketKind) -> None:
    """Remove a socket that a killed process left; FileExistsError if another process serves it."""
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX, kind) as probe:
        probe.settimeout(PROBE_TIMEOUT_S)
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise FileExistsError(f"another process serves {path}")


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end of a unix socket."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    _pid, uid, _gid = struct.unpack("iII", credentials)
    return int(uid)


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


class Incoming:
    """The connections that come to a listener. Each kind of trouble with them is logged once."""

    def __init__(self, listener: socket.socket, pause: Callable[[float], object] = _wait) -> None:
        self._listener = listener
        self._pause = pause
        self._told: set[str] = set()

    def serve(self, begin: Callable[[socket.socket, Any], object]) -> None:
        """Hand each connection, and its peer's address, to `begin` until the listener is closed.

        One whose set-up raises is hung up on, and the next is served.
        """
        with contextlib.suppress(OSError):
            while True:
                if (taken := self.take()) is not None:
                    self.begin(begin, *taken)

    def take(self) -> tuple[socket.socket, Any] | None:
        """The next connection and its peer's address; None if there is none after all.

        While no descriptor is left a peer waits in the kernel, and its turn comes after a pause.
        OSError if the listener is closed or its own time-out has passed.
        Spec: accept(2), "Error handling".
        """
        try:
            return self._listener.accept()
        except ConnectionAbortedError:
            return None
        except OSError as fault:
            if fault.errno not in NO_ROOM:
                raise
            self._tell("no new connection for now", fault.strerror)
        self._pause(ROOM_PAUSE_S)
        return None

    def begin(
        self, begin: Callable[[socket.socket, Any], T], connection: socket.socket, peer: Any
    ) -> T | None:
        """Let `begin` set a connection up; if that raises, hang up and return None."""
        try:
            return begin(connection, peer)
        except Exception as fault:
            hang_up(connection)
            self._tell("a connection cannot be served", f"{type(fault).__name__}: {fault}")
            return None

    def _tell(self, what: str, why: object) -> None:
        if what not in self._told:
            log.error("%s: %s", what, why)
        self._told.add(what)


def gone(connection: socket.socket) -> bool:
    """Whether the peer has closed its end, or we have closed ours."""
    poll = select.poll()
    with contextlib.suppress(ValueError):  # it is closed
        poll.register(connection, select.POLLRDHUP)
        return bool(poll.poll(0))
    return True


def hang_up(connection: socket.socket) -> None:
    """Close a socket, also under a thread that waits on it."""
    with contextlib.suppress(OSError):  # it may be over already
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
