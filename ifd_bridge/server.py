"""Serves slots to the handler in pcscd: sockets and threads, and nothing of CCID.

Each slot has a connection for calls, served by one blocking thread, and one for movements, which
is written to by whoever moves a card. Where a card never comes back from a command, its thread
is lost to it: when the card is taken out, the call is answered in its place and a new
thread serves the connection.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import stat
import struct
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from .cable import AbandonedError
from .frames import MAX_CALL, RawCall, pack_answer, pack_movement, unpack_call
from .ifd import Answer, Code, Function, SlotDriver, Tag
from .presence import Presence, Source

log = logging.getLogger("ifd_bridge.server")

MAX_PATH = 107
SWITCH_INTERVAL_S = 0.00005
HELLO_TIMEOUT_S = 5.0
SEND_TIMEOUT_S = 10.0
MAX_CONNECTIONS = 256
_SEND_ROOM = 4 * MAX_CALL
_CALLS, _MOVEMENTS = b"\0", b"\1"

_Dispatch = Callable[[int, bytes], Answer]


@dataclass(frozen=True, slots=True)
class Served:
    """One reader: where its cards are known, and a driver for each slot."""

    source: Source
    drivers: Sequence[SlotDriver]


class Server:
    """Listens at `path` for the handler; `readers` are numbered from 0 as in its DEVICENAME.

    The directory is made if need be, with mode 0700; the socket has mode 0600. Only `uids` may
    connect (default: our own and root). ValueError for a path that does not do.
    """

    def __init__(
        self, path: Path, readers: Sequence[Served], uids: Collection[int] | None = None
    ) -> None:
        if len(os.fsencode(path)) > MAX_PATH:
            raise ValueError(f"a socket's path has at most {MAX_PATH} bytes: {path}")
        self.path = path
        self._uids = frozenset({os.getuid(), 0} if uids is None else uids)
        self._stations = {
            (reader << 16) | slot: _Station(served.source, slot, driver)
            for reader, served in enumerate(readers)
            for slot, driver in enumerate(served.drivers)
        }
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
        threading.Thread(
            target=self._accept, args=(listener,), name="vcard-accept", daemon=True
        ).start()

    def close(self) -> None:
        """Hang up everywhere and remove the socket. Calls under way are given up."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self.path.unlink(missing_ok=True)
        _hang_up(listener)
        for station in self._stations.values():
            station.close()
        with self._connected:
            connections = list(self._connections)
        for connection in connections:
            _hang_up(connection)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        """True if a handler is there for every slot."""
        return all(station.connected for station in self._stations.values())

    def wait_connected(self, timeout_s: float, given_up: Callable[[], bool] = bool) -> bool:
        """Wait for a handler for every slot or for `given_up` (see `wake`); True if it is there."""
        with self._connected:
            self._connected.wait_for(lambda: self.connected or given_up(), timeout_s)
        return self.connected

    def hang_up(self, reader: int) -> None:
        """End what a handler does with a reader; it may connect again."""
        for where, station in self._stations.items():
            if where >> 16 == reader:
                station.close()

    def wake(self) -> None:
        """Let `wait_connected` look again."""
        with self._connected:
            self._connected.notify_all()

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                connection, _ = listener.accept()
            except OSError:
                break
            if len(self._connections) >= MAX_CONNECTIONS or peer_uid(connection) not in self._uids:
                log.warning("refused a connection of user %d", peer_uid(connection))
                connection.close()
                continue
            threading.Thread(
                target=self._greet, args=(connection,), name="vcard-slot", daemon=True
            ).start()
        listener.close()

    def _greet(self, connection: socket.socket) -> None:
        """Read the first call, which says what the connection is for, and serve it."""
        with self._connected:
            self._connections.add(connection)
        try:
            connection.settimeout(HELLO_TIMEOUT_S)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_ROOM)
            raw = connection.recv(64)
            if raw:
                self._begin(connection, unpack_call(raw, len(raw)))
        except (OSError, ValueError) as fault:
            log.warning("a handler's first call: %s", fault)
            _hang_up(connection)
        finally:
            with self._connected:
                self._connections.discard(connection)

    def _begin(self, connection: socket.socket, hello: RawCall) -> None:
        sequence, function, where, kind = hello
        station = self._stations.get(where)
        if station is None or function != Function.CREATE_CHANNEL:
            raise ValueError(f"function {function} for slot {where:#x}")
        connection.settimeout(None)
        if kind == _MOVEMENTS:
            station.watch(connection, sequence)
            self.wake()
        elif kind == _CALLS:
            station.serve(connection, sequence)
        else:
            raise ValueError(f"connection of kind {kind.hex()}")


class _Station:
    """One slot as the handler sees it: its driver and its two connections."""

    def __init__(self, source: Source, slot: int, driver: SlotDriver) -> None:
        self._source, self._slot, self._driver = source, slot, driver
        self._lock = threading.Lock()
        self._calls: _Calls | None = None
        self._movements: _Movements | None = None

    @property
    def connected(self) -> bool:
        return self._calls is not None and self._movements is not None

    def serve(self, connection: socket.socket, sequence: int) -> None:
        """Take calls from a connection, in this thread; an older connection is given up."""
        calls = _Calls(connection, self._driver)
        with self._lock:
            before, self._calls = self._calls, calls
        if before:
            before.close()
            self._source.abandon(self._slot)
        slots = min(self._source.slots, 16)
        parallel = self._driver.get_capabilities(Tag.SLOT_THREAD_SAFE).data != b"\0"
        connection.send(pack_answer(sequence, Code.SUCCESS, bytes([slots, parallel])))
        calls.serve()

    def watch(self, connection: socket.socket, sequence: int) -> None:
        """Send movements to a connection from now on, instead of to the one before."""
        movements = _Movements(connection, self._abandoned)
        with self._lock:
            before, self._movements = self._movements, movements
        if before:
            self._source.unwatch(self._slot, before)
            before.close()
        movements.greet(sequence, self._source.watch(self._slot, movements))

    def close(self) -> None:
        with self._lock:
            calls, movements = self._calls, self._movements
            self._calls = self._movements = None
        if movements:
            self._source.unwatch(self._slot, movements)
            movements.close()
        if calls:
            calls.close()
            self._source.abandon(self._slot)

    def _abandoned(self) -> None:
        calls = self._calls
        if calls:
            calls.answer_instead(Code.ICC_NOT_PRESENT)


class _Calls:
    """A connection for calls. Who pops `_pending` has the right to answer the call."""

    def __init__(self, connection: socket.socket, driver: SlotDriver) -> None:
        self._connection = connection
        self._pending: list[int] = []
        self._dispatch: dict[int, _Dispatch] = {
            Function.GET_CAPABILITIES: lambda tag, _: driver.get_capabilities(tag),
            Function.SET_CAPABILITIES: driver.set_capabilities,
            Function.SET_PROTOCOL_PARAMETERS: lambda n, _: driver.set_protocol_parameters(n),
            Function.POWER_ICC: lambda action, _: driver.power_icc(action),
            Function.TRANSMIT_TO_ICC: lambda protocol, data: driver.transmit_to_icc(data, protocol),
            Function.CONTROL: driver.control,
        }

    def close(self) -> None:
        """Hang up; the serving thread sees it when it comes back."""
        _hang_up(self._connection)

    def serve(self) -> None:
        """Answer calls until the peer or we hang up, or somebody else has taken over."""
        connection, buffer = self._connection, memoryview(bytearray(MAX_CALL + 1))
        try:
            while size := connection.recv_into(buffer):
                sequence, function, argument, data = unpack_call(buffer, size)
                pending = self._pending = [sequence]
                answer = self._answer(function, argument, data)
                if not pending:
                    return
                pending.pop()
                connection.send(pack_answer(sequence, answer.code, answer.data))
        except IndexError:
            return  # answered by somebody else at this very moment
        except OSError as fault:
            log.debug("the handler has hung up: %s", fault)
        except ValueError as fault:
            log.warning("the handler: %s", fault)
        _hang_up(connection)

    def answer_instead(self, code: Code) -> None:
        """Answer the call under way, if there is one, and serve the connection in a new thread."""
        try:
            sequence = self._pending.pop()
        except IndexError:
            return
        try:
            self._connection.send(pack_answer(sequence, code), socket.MSG_DONTWAIT)
        except OSError as fault:
            log.debug("the handler has hung up: %s", fault)
        threading.Thread(target=self.serve, name="vcard-slot", daemon=True).start()

    def _answer(self, function: int, argument: int, data: bytes) -> Answer:
        """What the driver says; whatever goes wrong in it is a communication error."""
        try:
            return self._dispatch[function](argument, data)
        except AbandonedError:
            return Answer(Code.ICC_NOT_PRESENT)
        except KeyError:
            if function in self._dispatch:
                log.exception("the driver failed in %s", Function(function).name)
            return Answer(Code.NOT_SUPPORTED)
        except Exception:
            log.exception("the driver failed in %s", Function(function).name)
            return Answer(Code.COMMUNICATION_ERROR)


class _Movements:
    """A connection for movements. What could not be sent at once is summed up later."""

    def __init__(self, connection: socket.socket, abandoned: Callable[[], None]) -> None:
        self._connection = connection
        self.abandoned = abandoned
        self._lock = threading.Lock()
        self._latest: Presence | None = None
        self._greeted = self._late = False

    def greet(self, sequence: int, presence: Presence) -> None:
        """Answer the first call with where the card is now."""
        with self._lock:
            self._connection.send(pack_movement(self._latest or presence, sequence))
            self._greeted = True

    def moved(self, presence: Presence) -> None:
        """Tell the handler."""
        with self._lock:
            self._latest = presence
            if self._greeted and not self._late:
                self._push(presence)

    def close(self) -> None:
        """Hang up."""
        _hang_up(self._connection)

    def _push(self, presence: Presence) -> None:
        try:
            self._connection.send(pack_movement(presence), socket.MSG_DONTWAIT)
        except BlockingIOError:
            self._late = True
            threading.Thread(target=self._catch_up, name="vcard-late", daemon=True).start()
        except OSError as fault:
            log.debug("the handler has hung up: %s", fault)

    def _catch_up(self) -> None:
        """Send where the card is as soon as the handler has read what came before."""
        try:
            select.select((), (self._connection,), (), SEND_TIMEOUT_S)
        except (OSError, ValueError):
            return
        with self._lock:
            self._late = False
            if self._latest:
                self._push(self._latest)


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end of a unix socket."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    _pid, uid, _gid = struct.unpack("iII", credentials)
    return int(uid)


def _prepare(path: Path) -> None:
    """Make the directory private and the name free."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        raise PermissionError(f"{path.parent} is open to other users (chmod 700 it)")
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        probe.settimeout(HELLO_TIMEOUT_S)
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()  # left behind by a process that was killed
            return
    raise FileExistsError(f"another process serves {path}")


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be over already
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
