"""The main door: pcscd loads our handler, which passes every call to a Server in this process."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from readers import CcidReader

from ..driver.cable import Cable
from ..driver.driver import Driver
from ..driver.options import DriverOptions
from ..ifdh.api import Code
from ..ifdh.server import Served, Server
from ..pcscd.bundle import UsbId, extension, write_bundle
from ..pcscd.daemon import Entrance, ReaderConf
from ..pcscd.hotplug import Device, Plugs, why_not
from .door import unknown

if TYPE_CHECKING:
    from .door import Drivable

USB_VENDOR, FIRST_PRODUCT = 0x1209, 0x8000
"""USB ids that only distinguish the names within pcscd; programs see those of the model."""


class BridgeDoor:
    """The readers of `places` behind our own handler and driver.

    With `hotplug`, readers come and go as USB readers do; without, they stand in reader.conf and
    stay. None: with hotplug where a mount namespace can be made, since pcscd reads its drivers from
    one fixed directory. ValueError for a reader that no host would take.
    """

    def __init__(
        self,
        places: Sequence[Drivable],
        options: DriverOptions | None = None,
        *,
        hotplug: bool | None = None,
    ) -> None:
        self._options = options or DriverOptions()
        self._readers = {number: self._driven(place) for number, place in enumerate(places)}
        self._next = len(self._readers)
        self._hotplug = hotplug
        self._server: Server | None = None
        self._plugs: Plugs | None = None
        self._ids: dict[str, UsbId] = {}
        """The entry of each name in the bundle."""

    @property
    def slots(self) -> int:
        """The number of slots of all readers together."""
        return sum(len(served.drivers) for _, served in self._readers.values())

    def open(self, directory: Path) -> Entrance:
        """Start the server; then reader.conf entries, or plugs."""
        self._server = Server(
            directory / "ifd.sock", [served for _, served in self._readers.values()]
        )
        self._server.start()
        library = directory / "handler.so"  # a name that reader.conf can hold
        library.symlink_to(extension("handler"))
        # ReaderConf refuses names and paths that pcscd would choke on, whichever way they go.
        conf = [
            ReaderConf(name, self._device(number), library)
            for number, (name, _) in self._readers.items()
        ]
        if self._hotplug or (self._hotplug is None and why_not() is None):
            return self._open_plugs(directory, conf)
        return Entrance(tuple(conf))

    def ready(
        self, timeout_s: float, ended: Callable[[], bool], hidden: Container[int] = ()
    ) -> bool:
        """Wait until the handler has connected for every slot but those of `hidden` readers."""
        return self._server is not None and self._server.wait_connected(timeout_s, ended, hidden)

    def wake(self) -> None:
        """Let `ready` look again."""
        if self._server:
            self._server.wake()

    def renew(self, number: int) -> None:
        """Do nothing: the handler connects again, and `ready` waits for it."""

    def close(self) -> None:
        """End the server."""
        if self._server:
            self._server.close()
        self._server = None

    def plug(self, number: int) -> None:
        """Plug a reader in."""
        self._need_plugs().plug(number)

    def unplug(self, number: int) -> None:
        """Pull a reader out; a command under way ends."""
        self._need_plugs().unplug(number)
        if self._server:
            self._server.unplugged(number)

    def add(self, places: Sequence[Drivable]) -> None:
        """Take in the readers of one more device; ValueError for a name that has no entry."""
        plugs, server = self._need_plugs(), self._server
        assert server is not None
        for place in places:
            if (name := place.reader.model.name) not in self._ids:
                raise unknown(name, "pcscd reads the names of its readers as it starts")
        driven = [self._driven(place) for place in places]
        for name, served in driven:
            number, self._next = self._next, self._next + 1
            server.add(number, served)
            self._readers[number] = (name, served)
            plugs.add(number, Device(self._ids[name], self._device(number)))

    def remove(self, number: int) -> None:
        """Forget a reader; each is a device of its own to pcscd."""
        del self._readers[number]
        self._need_plugs().remove(number)
        if self._server:
            self._server.remove(number)

    def _driven(self, place: Drivable) -> tuple[str, Served]:
        return place.reader.model.name, place.drive(self._options)

    def _device(self, number: int) -> str:
        """A reader as the handler's DEVICENAME names it."""
        assert self._server is not None
        return f"vcard:{self._server.path}:{number}"

    def _open_plugs(self, directory: Path, conf: Sequence[ReaderConf]) -> Entrance:
        from readers.models.real import MODELS  # any of them may come later

        known = [reader.name for reader in conf] + [model.name for model in MODELS.values()]
        self._ids = {
            name: UsbId(USB_VENDOR, FIRST_PRODUCT + number, name)
            for number, name in enumerate(dict.fromkeys(known))
        }
        self._plugs = plugs = Plugs(
            directory, [Device(self._ids[reader.name], reader.device) for reader in conf]
        )
        write_bundle(plugs.drivers, "vcard", directory / "handler.so", self._ids.values())
        return plugs.entrance()

    def _need_plugs(self) -> Plugs:
        if self._plugs is None:
            raise RuntimeError(f"readers cannot be plugged or unplugged: {why_not()}")
        return self._plugs


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
