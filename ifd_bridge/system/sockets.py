"""Helpers for unix sockets: the length of a path, the peer, closing."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

log = logging.getLogger("vcard.sockets")

MAX_PATH = 107
"""Longest path of a unix socket in bytes (sun_path without its last zero)."""


PROBE_TIMEOUT_S = 5.0
NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""The errors of `accept` while this process, or the machine, has no descriptor left."""
ROOM_PAUSE_S = 0.1


def make_free(path: Path, kind: socket.SocketKind) -> None:
    """Remove a socket that a killed process left; FileExistsError if somebody serves it."""
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


def accepted(listener: socket.socket) -> Iterator[tuple[socket.socket, Any]]:
    """Yield connections and the addresses of their peers until the listener is closed.

    While no descriptor is left a peer waits in the kernel until one is free again; that is logged
    once. Spec: accept(2), "Error handling".
    """
    told = False
    while True:
        try:
            taken = listener.accept()
        except ConnectionAbortedError:
            continue
        except OSError as fault:
            if fault.errno not in NO_ROOM:
                return
            if not told:
                log.error("no new connection for now: %s", fault.strerror)
            told = True
            threading.Event().wait(ROOM_PAUSE_S)
            continue
        yield taken


def hang_up(connection: socket.socket) -> None:
    """Close a socket, also under a thread that waits on it."""
    with contextlib.suppress(OSError):  # it may be over already
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
