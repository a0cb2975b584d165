"""Sends to a host over a stream socket without ever blocking the sender."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

from ifd_bridge.system import threads

ROOM = 1 << 20
"""Bytes that may wait before the host's own requests wait for them."""
MOST = 1 << 24
"""Bytes that may wait before the connection is given up."""
PIECE = 1 << 16


class Outgoing:
    """Sends at once if the socket has room, otherwise in a thread of its own.

    `drained` is called when everything that had to wait has been sent.
    """

    def __init__(self, sock: socket.socket, drained: Callable[[], object] = bool) -> None:
        self._sock = sock
        self._drained = drained
        self._rest = bytearray()
        self._changed = threading.Condition()
        self._closed = False
        self._writer: threading.Thread | None = None

    @property
    def idle(self) -> bool:
        """True if nothing waits."""
        return not self._rest

    def send(self, data: bytes) -> None:
        """Send, or keep for later. A host that takes nothing for too long is given up."""
        with self._changed:
            sent = 0
            if not self._rest:
                with contextlib.suppress(OSError):  # no room, or no peer: `recv` shows which
                    sent = self._sock.send(data, socket.MSG_DONTWAIT)
            if sent < len(data):
                self._keep(data[sent:])

    def wait_for_room(self) -> None:
        """Wait until the host has taken enough to be allowed to ask for more."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._rest) <= ROOM or self._closed)

    def close(self) -> None:
        """Send no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _keep(self, data: bytes) -> None:
        if len(self._rest) + len(data) > MOST:
            self._give_up()
            return
        self._rest += data
        if self._writer is None:
            self._writer = threads.start("usb-out", self._write, self._give_up)
        self._changed.notify_all()

    def _give_up(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def _write(self) -> None:
        try:
            while piece := self._next():
                self._send_piece(piece)
        except OSError:
            pass  # the host has gone
        finally:
            self.close()  # no other thread makes room for the one that waits for it

    def _send_piece(self, piece: bytes) -> None:
        sent = self._sock.send(piece)
        with self._changed:
            del self._rest[:sent]
            self._changed.notify_all()
            idle = not self._rest
        if idle:
            self._drained()

    def _next(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._rest or self._closed)
            return b"" if self._closed else bytes(self._rest[:PIECE])
