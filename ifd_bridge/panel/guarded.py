"""HTTP for the panel with bounds: the users, the number and the silence of its connections.

uvicorn sets no time limit for a request's header, and accepts peers until descriptors run out.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import time
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger("vcard.panel")

HEADER_S = 5.0
"""Time in seconds until the first request of a connection must be there."""
MOST = 64
"""Connections at once, where the limit of descriptors allows for more."""
REPEAT_S = 60.0
"""Interval in seconds at which the same trouble is logged."""
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""The kernel's tables of connections."""


def most_connections() -> int:
    """Return the limit of connections: a quarter of the descriptors at most."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(4, min(MOST, soft // 4))


class Rarely:
    """Tells trouble at most once a minute for each kind of it."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def __call__(self, kind: str, text: str) -> None:
        """Log it, unless it was logged just now."""
        now = time.monotonic()
        if now - self._told.get(kind, -REPEAT_S) >= REPEAT_S:
            self._told[kind] = now
            log.warning("panel: %s", text)


class GuardedProtocol(H11Protocol):
    """One connection: closed at once for other users and beyond the bound, soon if it is silent."""

    tell = Rarely()
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as h11's
        """Take the connection in, or close it."""
        super().connection_made(transport)
        if not self._welcome(transport):
            transport.abort()
            return
        self._waiting = self.loop.call_later(HEADER_S, self._give_up, transport)

    def _welcome(self, transport: asyncio.Transport) -> bool:
        if len(self.connections) > most_connections():
            self.tell("full", f"more than {most_connections()} connections: the rest is refused")
            return False
        peer, here = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        uid = uid_of(peer[1], here[1])
        if uid not in (None, 0, os.getuid()):
            self.tell("foreign", f"user {uid} is refused")
            return False
        return True

    def _give_up(self, transport: asyncio.Transport) -> None:
        if self.cycle is None:
            transport.abort()


def quiet(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log a failure of the event loop (accept without descriptors, mostly) as one line."""
    why = context.get("exception") or context.get("message", "")
    GuardedProtocol.tell("loop", str(why))


def uid_of(port: int, to: int, tables: tuple[Path, ...] = TABLES) -> int | None:
    """The user whose connection goes from local `port` to local port `to`; None if unknown.

    Spec: proc(5), /proc/net/tcp: address and port of both ends in hexadecimal, the owner's uid.
    """
    ends = f":{port:04X}", f":{to:04X}"
    for table in tables:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[1].endswith(ends[0]) and fields[2].endswith(ends[1]):
                return int(fields[7])
    return None
