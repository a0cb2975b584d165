"""The steering protocol, client side: JSON, one object for each line, over a unix socket.

A request is `{"do": VERB, ...}`; its other keys are the verb's arguments. The answer is `{"result":
...}` or `{"error": "..."}`. After `{"do": "trace"}` the connection carries one `{"event": ...}` for
each line (see trace/json_form.py) until it is closed; events that came too fast are reported as
`Lost`. The socket is the user's own (mode 0600, the peer's user is checked); the variable
VCARD_CONTROL names it. The server side is in server.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..system.closing import Closing

if TYPE_CHECKING:
    from ..trace import Event

VARIABLE = "VCARD_CONTROL"
MAX_LINE = 1 << 20
ANSWER_TIMEOUT_S = 30.0
MAX_WAIT_S = 86_400.0
"""Longest time-out of `wait`, in seconds."""


class ControlError(RuntimeError):
    """A request that the world refused, or no world to ask; the message says why."""


class Control(Closing):
    """Steers the world whose socket is at `path`; a context manager.

    ControlError if the world refuses a request, or if there is none.
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
        """Send a verb to the world and return its result."""
        try:
            with contextlib.suppress(BrokenPipeError):  # what it said before it hung up counts
                send(self._socket, {"do": verb, **arguments})
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
        self, *, pins: bool = False, kinds: list[str] | None = None, most: int | None = None
    ) -> Iterator[Event]:
        """Yield events until the world ends.

        Only those of the given `kinds`; at most `most` wait to be read, older ones are dropped.
        """
        from ..trace.json_form import from_json  # steering needs none of it

        self.do("trace", pins=pins, kinds=kinds, most=most)
        self._socket.settimeout(None)
        while line := self._lines.readline(MAX_LINE):
            yield from_json(json.loads(line))

    def close(self) -> None:
        """Close the connection, even while a thread waits for events."""
        with contextlib.suppress(OSError):  # it may be over already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self._socket.close()


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    """Send one line; OSError if the peer has gone."""
    connection.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")
