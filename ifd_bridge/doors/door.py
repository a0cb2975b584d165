"""How a pcscd reaches a world's readers: through our handler, or as another driver wants it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from readers import CcidReader

from ..driver.options import DriverOptions
from ..ifdh.server import Served
from ..pcscd.daemon import Entrance


class Drivable(Protocol):
    """A place that a door leads to: a reader, which a driver of ours can be put in front of."""

    @property
    def reader(self) -> CcidReader:
        """The reader itself, for doors that show it to another driver."""

    def drive(self, options: DriverOptions) -> Served:
        """Make its cable, its driver and what traces them; ValueError if no host takes it."""


class Door(Protocol):
    """One way in for pcscd. Its readers are numbered from 0."""

    @property
    def slots(self) -> int:
        """How many slots all readers have together."""

    def open(self, directory: Path) -> Entrance:
        """Prepare the way, with sockets and files in `directory` (the world's own)."""

    def ready(self, timeout_s: float, ended: Callable[[], bool]) -> bool:
        """Wait until pcscd has found every reader or `ended` (see `wake`); True if it has."""

    def wake(self) -> None:
        """Let `ready` look again."""

    def renew(self, number: int) -> None:
        """Make a plugged reader ready for a pcscd that starts anew."""

    def close(self) -> None:
        """Hang up. Harmless a second time."""

    def plug(self, number: int) -> None:
        """Plug a reader in; RuntimeError where readers cannot come and go, or if it is in."""

    def unplug(self, number: int) -> None:
        """Pull a reader out; RuntimeError where readers cannot come and go, or if it is out."""
