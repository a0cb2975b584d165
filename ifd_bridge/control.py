"""How a running world is steered: JSON, one object a line, over a unix socket.

A request is `{"do": VERB, ...}`; what else it holds are the verb's arguments. The answer is
`{"result": ...}` or `{"error": "..."}`. After `{"do": "trace"}` the same connection carries one
`{"event": ...}` a line (see trace/wire.py) until it is closed, and `{"lost": n}` where a watcher
was too slow. The socket is the user's own (mode 0600, the peer's user is checked); the variable
VCARD_CONTROL names it.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from .server import peer_uid
from .trace import Event, Stream, Tap
from .trace.mask import Masker
from .trace.wire import KINDS, from_json, to_json

VARIABLE = "VCARD_CONTROL"
MAX_LINE = 1 << 20
WAITING_EVENTS = 10_000
PAUSE_S = 0.02
"""Events go out in bursts with such pauses between, so that a watcher does not slow the cards."""
MAX_CONNECTIONS = 64
ANSWER_TIMEOUT_S = 30.0

Verb = Callable[..., Any]


class ControlError(RuntimeError):
    """What the world says to a request that it cannot follow."""


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
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._open = True

    def start(self) -> None:
        """Begin to listen; OSError if the socket cannot be made."""
        self._listener.bind(os.fspath(self.path))
        self.path.chmod(0o600)
        self._listener.listen(16)
        threading.Thread(target=self._accept, name="vcard-control", daemon=True).start()

    def close(self) -> None:
        """Hang up everywhere. Harmless a second time."""
        self._open = False
        _hang_up(self._listener)
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            _hang_up(connection)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while self._open:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if peer_uid(connection) not in (os.getuid(), 0) or not self._admit(connection):
                connection.close()
                continue
            threading.Thread(
                target=self._serve, args=(connection,), name="vcard-control", daemon=True
            ).start()

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
                    _send(connection, answer)
                    if "error" not in answer and request.get("do") == "trace":
                        self._send_events(connection, request)
        except OSError:
            pass  # the peer has gone, or we have
        finally:
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
        if name == "trace":
            unknown = set(arguments.get("kinds") or ()) - KINDS.keys()
            return {"error": f"no such events: {sorted(unknown)}"} if unknown else {"result": None}
        verb = self._verbs.get(name)
        if verb is None:
            known = ", ".join(sorted([*self._verbs, "trace"]))
            return {"error": f"cannot do {name!r}; there are {known}"}
        try:
            return {"result": verb(**arguments)}
        except (ValueError, RuntimeError, TypeError, OSError) as error:
            return {"error": str(error) or type(error).__name__}
        except Exception as error:  # a card's own code may raise anything
            return {"error": f"{type(error).__name__}: {error}"}

    def _send_events(self, connection: socket.socket, request: dict[str, Any]) -> None:
        """Send events until the peer says anything more, or goes."""
        watcher = _Watcher(request)
        tap: Tap = watcher if request.get("pins") else Masker(watcher)
        self._stream.add(tap)
        closed = threading.Thread(
            target=watcher.end_with, args=(connection,), name="vcard-control", daemon=True
        )
        closed.start()
        try:
            for message in watcher:
                _send(connection, message)
        finally:
            self._stream.remove(tap)
            _hang_up(connection)


class _Watcher:
    """Holds events back for a connection; a slow one loses some, and is told."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._kinds = frozenset(request.get("kinds") or KINDS)
        self._waiting: queue.Queue[Event | None] = queue.Queue(WAITING_EVENTS)
        self._lost = 0
        self._over = threading.Event()

    def __call__(self, event: Event) -> None:
        if type(event).__name__ not in self._kinds:
            return
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self._lost += 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (event := self._waiting.get()) is not None:
            if self._lost:
                lost, self._lost = self._lost, 0
                yield {"lost": lost}
            yield to_json(event)
            if self._waiting.empty():
                self._over.wait(PAUSE_S)

    def end_with(self, connection: socket.socket) -> None:
        """Wait for the connection's end, and end the iteration."""
        with contextlib.suppress(OSError):
            connection.recv(1)
        self._over.set()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)


class Control:
    """The other end: steers the world whose socket is at `path`; a context manager.

    ControlError is what the world answers, or that there is none.
    """

    def __init__(self, path: Path, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(os.fspath(path))
        except OSError as error:
            self._socket.close()
            raise ControlError(f"no world listens at {path}: {error.strerror}") from error
        self._lines = self._socket.makefile("rb")

    def do(self, verb: str, **arguments: Any) -> Any:
        """Let the world do something, and return what comes of it."""
        try:
            _send(self._socket, {"do": verb, **arguments})
            line = self._lines.readline(MAX_LINE)
        except TimeoutError as error:
            raise ControlError(
                f"the world has not answered for {self._socket.gettimeout()} s"
            ) from error
        except OSError as error:
            raise ControlError(f"the world has gone: {error.strerror}") from error
        if not line:
            raise ControlError("the world has gone")
        answer = json.loads(line)
        if "error" in answer:
            raise ControlError(answer["error"])
        return answer["result"]

    def events(
        self, *, pins: bool = False, kinds: list[str] | None = None
    ) -> Iterator[Event | int]:
        """Events as they happen, until the world ends; a number tells how many were lost."""
        self.do("trace", pins=pins, kinds=kinds)
        self._socket.settimeout(None)
        while line := self._lines.readline(MAX_LINE):
            values = json.loads(line)
            yield int(values["lost"]) if "lost" in values else from_json(values)

    def close(self) -> None:
        """Hang up, also on a thread that waits for events."""
        with contextlib.suppress(OSError):  # it may be over already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Control:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    connection.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be over already
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
