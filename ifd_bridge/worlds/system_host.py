"""The system's pcscd as a world's host: readers are served at the socket that was installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..driver.options import DriverOptions
from ..ifdh.server import Server
from .host import Elsewhere
from .place import Place


class SystemHost(Elsewhere):
    """Serves the readers of `places` to the system's pcscd, at the socket that was installed.

    ValueError for a reader that no host would take.
    """

    def __init__(
        self, places: Sequence[Place], socket: Path, options: DriverOptions | None = None
    ) -> None:
        chosen = options or DriverOptions()
        self.directory = socket.parent
        self._server = Server(socket, [place.drive(chosen) for place in places])

    def plug(self, number: int) -> None:
        """Raise RuntimeError: installed readers cannot be unplugged."""
        raise RuntimeError(f"reader {number} is the system's: it cannot be plugged or unplugged")

    unplug = plug

    def __enter__(self) -> SystemHost:
        self._server.start()
        return self

    def close(self) -> None:
        """Hang up."""
        self._server.close()
