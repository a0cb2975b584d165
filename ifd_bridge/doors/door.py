"""A door: how a pcscd reaches a world's readers."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from readers import CcidReader

from ..driver.options import DriverOptions
from ..ifdh.server import Served
from ..pcscd.daemon import Entrance

if TYPE_CHECKING:  # few cards work on a bus beside their contacts
    from vcard.hid import HidFunction


class Drivable(Protocol):
    """A place behind a door: a reader, and the means to put a driver of ours in front of it.

    A door that can pull the device out sets `pull`, so that a card that is built in can go.
    """

    pull: Callable[[], object] | None

    @property
    def address(self) -> int:
        """The address of its device on the bus, from 1; interfaces of one device share it."""

    @property
    def reader(self) -> CcidReader:
        """The reader itself, for doors that show it to another driver."""

    def hid_function(self) -> HidFunction | None:
        """Begin what a card that is built in does on the bus beside its contacts, if anything."""

    def drive(self, options: DriverOptions) -> Served:
        """Create the reader's cable, driver and trace; ValueError if no host takes the reader."""


def unknown(name: str, why: str) -> ValueError:
    """The error for a reader that cannot be added."""
    return ValueError(
        f"{name!r} cannot be added to this world: {why}; name it when the world begins, by --reader"
    )


class Door(Protocol):
    """A way for pcscd to reach readers, which are numbered from 0."""

    @property
    def slots(self) -> int:
        """The number of slots of all readers together."""

    def open(self, directory: Path) -> Entrance:
        """Prepare sockets and files in `directory` (the world's own); returns what pcscd needs."""

    def ready(
        self, timeout_s: float, ended: Callable[[], bool], hidden: Container[int] = ()
    ) -> bool:
        """Wait until pcscd has found every reader or `ended` (see `wake`); True if it has.

        The `hidden` readers, by their numbers, are those that pcscd is told to ignore.
        """

    def wake(self) -> None:
        """Let `ready` check again."""

    def renew(self, number: int) -> None:
        """Prepare a plugged reader for a pcscd that starts again."""

    def close(self) -> None:
        """Hang up. Harmless a second time."""

    def plug(self, number: int) -> None:
        """Plug a reader in; RuntimeError where readers cannot come and go, or if it is in."""

    def add(self, places: Sequence[Drivable]) -> None:
        """Take in the readers of one more device, for `plug`; their numbers follow.

        RuntimeError where readers cannot come and go; ValueError for one that the driver has not
        been told of at its start, or does not take.
        """

    def unplug(self, number: int) -> None:
        """Pull a reader out; RuntimeError where readers cannot come and go, or if it is out."""

    def remove(self, number: int) -> None:
        """Forget the readers of a reader's device, which is unplugged: they do not come back.

        Their numbers are not used again.
        """
