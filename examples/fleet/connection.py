"""HTTP/1.1 for a server that answers at once: one request after another on each connection.

httptools parses, asyncio does the rest. A framework would take as much CPU as the cryptography of a
response. Spec: RFC 9110, RFC 9112.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import cast

import httptools

Answer = Callable[[str, str, bytes], tuple[int, bytes]]
"""Takes method, path and body; returns the status and the JSON body of the response."""
LONGEST = 1 << 20
"""Maximum size of a body in bytes."""
RESTING = 120.0
"""Seconds after which a connection without requests is closed."""


class Connection(asyncio.Protocol):
    """A client's connection. `answer` runs in the event loop, so it must not block."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._target = self._body = b""
        self._heard = self._loop.time()
        self._timer = self._loop.call_later(RESTING, self._rest)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the idle timer."""
        self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse requests; answer malformed HTTP once, and close the connection."""
        self._heard = self._loop.time()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._transport.close()  # the request has been answered; no upgrade to another protocol
        except httptools.HttpParserError:
            self._end(HTTPStatus.BAD_REQUEST)

    def pause_writing(self) -> None:
        """Stop reading from a client that does not read."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again."""
        self._transport.resume_reading()

    # Callbacks of the parser

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._target = self._body = b""

    def on_url(self, part: bytes) -> None:
        """Add a part of the request's target."""
        self._target += part

    def on_body(self, part: bytes) -> None:
        """Add a part of the body."""
        if len(self._body) + len(part) <= LONGEST:
            self._body += part
        else:
            self._end(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_complete(self) -> None:
        """Answer a whole request."""
        if self._transport.is_closing():
            return
        path = self._target.partition(b"?")[0].decode("latin-1")
        try:
            status, body = self._answer(self._parser.get_method().decode(), path, self._body)
        except Exception:
            logging.getLogger(__name__).exception("the answer to %s failed", path)
            status, body = HTTPStatus.INTERNAL_SERVER_ERROR, b""
        self._transport.write(response(status, body))
        if not self._parser.should_keep_alive():
            self._transport.close()

    def _end(self, status: HTTPStatus) -> None:
        if not self._transport.is_closing():
            self._transport.write(response(status, b""))
            self._transport.close()

    def _rest(self) -> None:
        """Close the connection if it has been idle for RESTING seconds, else check again then."""
        left = self._heard + RESTING - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._rest)
        else:
            self._transport.close()


def response(status: int, body: bytes) -> bytes:
    """Encode a response with its headers."""
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
    if status != HTTPStatus.NO_CONTENT:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body
