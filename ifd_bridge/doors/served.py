"""Creates the cable and the driver of a reader, for doors that use our own driver."""

from __future__ import annotations

from collections.abc import Callable

from readers import CcidReader

from ..driver.cable import Cable
from ..driver.driver import Driver
from ..driver.options import DriverOptions
from ..ifdh.api import Code
from ..ifdh.server import Served


def served(reader: CcidReader, options: DriverOptions | None = None, address: int = 1) -> Served:
    """Give a reader a cable and a driver; ValueError if no host takes it.

    `address` is that of its device on the bus, from 1.
    """
    cable = Cable(reader, reader.model.slots)
    driver = Driver(cable, reader.model, options, address)
    if driver.refusal is not None:
        raise ValueError(f"no host would take this {reader.model.name}: {driver.refusal}")
    if driver.opened is not Code.SUCCESS:
        raise ValueError(f"no host would take this {reader.model.name}: {driver.opened.name}")
    return Served(cable, driver.slots)


class BareReader:
    """A reader in no world, as a door takes it; `address` is that of its device on the bus."""

    def __init__(self, reader: CcidReader, address: int = 1) -> None:
        self.reader = reader
        self.pull: Callable[[], object] | None = None
        self.address = address

    def hid_function(self) -> None:
        """None: its cards are not built in."""

    def drive(self, options: DriverOptions) -> Served:
        """See Drivable."""
        return served(self.reader, options, self.address)
