"""The steering protocol, server side (see client.py): verbs by name, and events."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ifd_bridge.system import threads

from ..system.sockets import Incoming, hang_up, make_free, peer_uid
from ..trace import Stream
from ..trace.events import KINDS
from .client import MAX_LINE, send

if TYPE_CHECKING:  # imported with the first watcher: a world that is only steered has none
    from ..trace.backlog import Backlog

WAITING_EVENTS = 10_000
"""Events queued for a watcher, unless it asks for fewer."""
MAX_CONNECTIONS = 64
WAITING_CONNECTIONS = 1024
"""Connections that wait to be accepted; a unix socket refuses more at once."""
LAST_S = 1.0
"""Seconds that close() waits for watchers to read their last events."""

Verb = Callable[..., Any]


class ControlServer:
    """Serves `verbs` by name, and the events of `stream`, at the socket `path`.

    A verb's result is JSON; ValueError and RuntimeError from it are the user's own mistakes and
    become the answer's `error`.
    """

    def __init__(self, path: Path, verbs: Mapping[str, Verb], stream: Stream) -> None:
        self.path = path
        self._verbs = verbs
        self._stream = stream
        self._connections: set[socket.socket] = set()
        self._watchers: dict[Backlog, threading.Thread] = {}
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._open = True

    def start(self) -> None:
        """Begin to listen; OSError if the socket cannot be made."""
        make_free(self.path, socket.SOCK_STREAM)
        self._listener.bind(os.fspath(self.path))
        self.path.chmod(0o600)
        self._listener.listen(WAITING_CONNECTIONS)
        threads.start("vcard-control", self._accept, partial(hang_up, self._listener))

    def close(self) -> None:
        """Close all connections, those of watchers after the last event. Harmless a second time."""
        self._open = False
        hang_up(self._listener)
        self._stream.settle()
        with self._lock:
            connections, watchers = list(self._connections), dict(self._watchers)
        for backlog in watchers:
            backlog.close()
        end = time.monotonic() + LAST_S
        for thread in watchers.values():
            thread.join(max(0.0, end - time.monotonic()))
        for connection in connections:
            hang_up(connection)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        Incoming(self._listener).serve(self._begin)

    def _begin(self, connection: socket.socket, _: object) -> None:
        if peer_uid(connection) not in (os.getuid(), 0):
            connection.close()
        elif self._admit(connection):
            forget = partial(self._forget, connection)
            threads.start("vcard-control", partial(self._serve, connection), forget)
        else:
            self._refuse(connection)

    @staticmethod
    def _refuse(connection: socket.socket) -> None:
        """Say why there is no answer, as far as the peer's buffer takes it, and hang up."""
        connection.settimeout(0)
        with connection, contextlib.suppress(OSError):
            send(connection, {"error": f"{MAX_CONNECTIONS} programs steer this world already"})

    def _admit(self, connection: socket.socket) -> bool:
        with self._lock:
            if len(self._connections) >= MAX_CONNECTIONS:
                return False
            self._connections.add(connection)
            return True

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as lines:
                while line := lines.readline(MAX_LINE):
                    request, answer = self._handle(line)
                    send(connection, answer)
                    if "error" not in answer and request.get("do") == "trace":
                        self._send_events(connection, request)
        except OSError:
            pass  # the peer has gone, or we have
        finally:
            self._forget(connection)

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)

    def _handle(self, line: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
        """A request and the answer to it."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError) as error:
            return {}, {"error": f"not a request: {error}"}
        if not isinstance(request, dict):
            return {}, {"error": "not a request: it must be an object"}
        arguments = {key: value for key, value in request.items() if key != "do"}
        return request, self._do(str(request.get("do")), arguments)

    def _do(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        verb = _trace if name == "trace" else self._verbs.get(name)
        if verb is None:
            known = ", ".join(sorted([*self._verbs, "trace"]))
            return {"error": f"cannot do {name!r}; there are {known}"}
        try:
            answer = {"result": verb(**arguments)}
            json.dumps(answer)  # a card's own code is in some of it
        except (ValueError, RuntimeError, TypeError, OSError) as error:
            return {"error": str(error) or type(error).__name__}
        except BaseException as error:  # a card's own code may raise anything, SystemExit too
            return {"error": f"{type(error).__name__}: {error}"}
        return answer

    def _send_events(self, connection: socket.socket, request: dict[str, Any]) -> None:
        """Send events until the peer sends anything or closes."""
        from ..trace.backlog import Backlog
        from ..trace.json_form import encoded

        kinds = request.get("kinds")
        wanted = None if kinds is None else {KINDS[kind] for kind in ("Lost", *kinds)}
        backlog = Backlog(request.get("most") or WAITING_EVENTS, wanted)
        with self._lock:
            self._watchers[backlog] = threading.current_thread()
        calls = kinds is None or not {"Called", "Answered"}.isdisjoint(kinds)
        self._stream.add(backlog, pins=bool(request.get("pins")), calls=calls)
        threads.start("vcard-control", partial(_end_with, connection, backlog), backlog.close)
        try:
            for batch in backlog.batches():
                connection.sendall(b"".join(map(encoded, batch)))
        finally:
            self._stream.remove(backlog)
            hang_up(connection)
            with self._lock:
                del self._watchers[backlog]


def _trace(*, pins: bool = False, kinds: list[str] | None = None, most: int | None = None) -> None:
    """Look at a request for events: ValueError or TypeError if it is malformed."""
    if not isinstance(pins, bool):
        raise TypeError(f"pins is true or false, not {pins!r}")
    if unknown := set(kinds or ()) - KINDS.keys():
        raise ValueError(f"no such events: {sorted(unknown)}")
    if most is not None and (type(most) is not int or not 0 < most <= WAITING_EVENTS):
        raise ValueError(f"most must be 1..{WAITING_EVENTS}, not {most}")


def _end_with(connection: socket.socket, backlog: Backlog) -> None:
    """Wait for the connection's end, and end the events."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    backlog.close()
