"""Listens for the handler in pcscd, and assigns each of its connections to a slot.

Sockets and threads, nothing of CCID. station.py handles a connection.
"""

from __future__ import annotations

import logging
import os
import socket
import stat
import sys
import threading
from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ifd_bridge.system import threads

from ..system.closing import Closing
from ..system.sockets import MAX_PATH, Incoming, hang_up, make_free, peer_uid
from .api import Function, SlotDriver, Source
from .frames import MAX_CALL, RawCall, unpack_call
from .station import Station

log = logging.getLogger("ifd_bridge.server")

SWITCH_INTERVAL_S = 0.00005
HELLO_TIMEOUT_S = 5.0
MAX_CONNECTIONS = 256
_SEND_ROOM = 4 * MAX_CALL
_CALLS, _MOVEMENTS = b"\0", b"\1"


@dataclass(frozen=True, slots=True)
class Served:
    """One reader: where its cards are known, and a driver for each slot."""

    source: Source
    drivers: Sequence[SlotDriver]


class Server(Closing):
    """Listens at `path` for the handler; `readers` are numbered from 0 as in its DEVICENAME.

    The directory is created if needed, with mode 0700; the socket has mode 0600. Only `uids` may
    connect (default: our own and root). ValueError if the path is too long for a unix socket.
    """

    def __init__(
        self, path: Path, readers: Sequence[Served], uids: Collection[int] | None = None
    ) -> None:
        if len(os.fsencode(path)) > MAX_PATH:
            raise ValueError(f"a socket's path has at most {MAX_PATH} bytes: {path}")
        self.path = path
        self._uids = frozenset({os.getuid(), 0} if uids is None else uids)
        self._stations: dict[int, Station] = {}
        for number, served in enumerate(readers):
            self.add(number, served)
        self._connected = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._listener: socket.socket | None = None

    def start(self) -> None:
        """Begin to listen. OSError if the socket cannot be made or is served by another process."""
        _prepare(self.path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            listener.bind(os.fspath(self.path))
            self.path.chmod(0o600)
            listener.listen(64)
        except OSError:
            listener.close()
            raise
        self._listener = listener
        sys.setswitchinterval(min(SWITCH_INTERVAL_S, sys.getswitchinterval()))
        threads.start("vcard-accept", partial(self._accept, listener), self.close)

    def add(self, number: int, reader: Served) -> None:
        """Serve one more reader."""
        made = {
            (number << 16) | slot: Station(reader.source, slot, driver)
            for slot, driver in enumerate(reader.drivers)
        }
        self._stations = self._stations | made  # other threads go through the old one

    def remove(self, reader: int) -> None:
        """Serve a reader, which is unplugged, no more, and forget it."""
        left = {where: one for where, one in self._stations.items() if where >> 16 != reader}
        self._stations = left

    def close(self) -> None:
        """Hang up everywhere and remove the socket. Calls under way are given up."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self.path.unlink(missing_ok=True)
        hang_up(listener)
        for station in self._stations.values():
            station.close()
        with self._connected:
            connections = list(self._connections)
        for connection in connections:
            hang_up(connection)

    def __enter__(self) -> Server:
        self.start()
        return self

    @property
    def connected(self) -> bool:
        """True if a handler is there for every slot."""
        return self._connected_but(())

    def _connected_but(self, hidden: Container[int]) -> bool:
        stations = self._stations.items()
        return all(station.connected or where >> 16 in hidden for where, station in stations)

    def wait_connected(
        self,
        timeout_s: float,
        given_up: Callable[[], bool] = bool,
        hidden: Container[int] = (),
    ) -> bool:
        """Wait for a handler for every slot or for `given_up` (see `wake`); True if it is there.

        None comes for the `hidden` readers, by their numbers.
        """
        with self._connected:
            self._connected.wait_for(lambda: self._connected_but(hidden) or given_up(), timeout_s)
        return self._connected_but(hidden)

    def unplugged(self, reader: int) -> None:
        """End what a handler does with a reader, and refuse it whatever it still asks."""
        for where, station in self._stations.items():
            if where >> 16 == reader:
                station.refuse()

    def wake(self) -> None:
        """Let `wait_connected` check again."""
        with self._connected:
            self._connected.notify_all()

    def _accept(self, listener: socket.socket) -> None:
        Incoming(listener).serve(self._admit)
        listener.close()

    def _admit(self, connection: socket.socket, _: object) -> None:
        uid = peer_uid(connection)
        if len(self._connections) >= MAX_CONNECTIONS or uid not in self._uids:
            log.warning("refused a connection of user %d", uid)
            connection.close()
            return
        threads.start("vcard-slot", partial(self._greet, connection), partial(hang_up, connection))

    def _greet(self, connection: socket.socket) -> None:
        """Read the first call, which says what the connection is for, and serve it."""
        with self._connected:
            self._connections.add(connection)
        given: list[int] = []
        try:
            connection.settimeout(HELLO_TIMEOUT_S)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_ROOM)
            raw, given, *_ = socket.recv_fds(connection, 64, 1, socket.MSG_CMSG_CLOEXEC)
            if raw:
                self._begin(connection, unpack_call(raw, len(raw)), given)
        except (OSError, ValueError) as fault:
            log.warning("a handler's first call: %s", fault)
            hang_up(connection)
        finally:
            for left in given:
                os.close(left)
            with self._connected:
                self._connections.discard(connection)

    def _begin(self, connection: socket.socket, hello: RawCall, given: list[int]) -> None:
        sequence, function, where, kind = hello
        station = self._stations.get(where)
        if station is None or function != Function.CREATE_CHANNEL:
            raise ValueError(f"function {function} for slot {where:#x}")
        connection.settimeout(None)
        if kind == _MOVEMENTS:
            station.watch(connection, sequence)
            self.wake()
        elif kind == _CALLS:
            if len(self._stations) == 1:  # several would push each other off their processors
                threads.take_short_slices()
            station.serve(connection, given, sequence)
        else:
            raise ValueError(f"connection of kind {kind.hex()}")


def _prepare(path: Path) -> None:
    """Make the directory private and the name free."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        raise PermissionError(f"{path.parent} is open to other users (chmod 700 it)")
    make_free(path, socket.SOCK_SEQPACKET)
