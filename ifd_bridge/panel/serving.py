"""The web panel served: a socket on this machine alone, uvicorn, and an end."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import threading

import uvicorn

from ifd_bridge.system import threads
from ifd_bridge.system.closing import Closing

from .guarded import GuardedProtocol, quiet
from .hub import Hub
from .web import application

START_TIMEOUT_S = 10.0
LOOK_S = 0.2
AT_ONCE, WAITING = 16, 1024
"""The number of connections accepted in a row, each with a descriptor; the number that may wait
in the kernel, which lets others try again after a second."""


class _Server(uvicorn.Server):
    """uvicorn has one number for how many are accepted at one go and how many may wait."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or ():
            one.listen(WAITING)


class Serving(Closing):
    """A context manager that serves the panel of `hub` at `url`; OSError if the port is taken."""

    def __init__(self, hub: Hub, port: int = 0) -> None:
        self._hub = hub
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self.token = secrets.token_urlsafe(16)
        config = uvicorn.Config(
            application(hub, self.token, self.port),
            log_level="error",
            access_log=False,  # the token is in every path
            lifespan="off",
            ws="none",
            server_header=False,
            http=GuardedProtocol,
            backlog=AT_ONCE,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address of the panel, with its token."""
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    def wait(self) -> None:
        """Wait until the world has ended, or the user interrupts."""
        with contextlib.suppress(KeyboardInterrupt):
            while not self._hub.ended and not self._ended.wait(LOOK_S):
                pass

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ended.set()

    async def _serve(self) -> None:
        asyncio.get_running_loop().set_exception_handler(quiet)
        await self._server.serve(sockets=[self._socket])

    def __enter__(self) -> Serving:
        self._socket.listen(WAITING)
        self._thread = threads.start("vcard-panel-web", self._run)
        return self

    def close(self) -> None:
        """Serve no more."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(START_TIMEOUT_S)
        self._socket.close()
