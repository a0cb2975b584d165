"""Helpers for unix sockets: the length of a path, the peer, closing."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from pathlib import Path

MAX_PATH = 107
"""Longest path of a unix socket in bytes (sun_path without its last zero)."""


PROBE_TIMEOUT_S = 5.0


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


def hang_up(connection: socket.socket) -> None:
    """Close a socket, also under a thread that waits on it."""
    with contextlib.suppress(OSError):  # it may be over already
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
