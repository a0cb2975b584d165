"""A world without a pcscd: its readers are USB devices for hosts elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from readers.models.model import devices

from ..control.rendezvous import ANNOUNCED
from ..doors.face_door import usb_device
from ..faces.usb_port import UsbPort
from ..faces.ways import Way
from ..pcscd.private_directory import PrivateDirectory, Undertaker
from ..trace.events import HostChanged
from .host import Elsewhere
from .place import Place


class UsbHost(Elsewhere):
    """Gives the readers of `places` to hosts by `way`; entered once.

    OSError, when entered, if that cannot be.
    """

    def __init__(self, places: Sequence[Place], way: Way) -> None:
        self._places = places
        self._together = devices([place.model for place in places])
        self._way = way
        self._exits = ExitStack()
        self._ports: list[UsbPort] = []
        self._directory: PrivateDirectory | None = None

    @property
    def directory(self) -> Path:
        """The directory of the control socket; private to this user."""
        if self._directory is None:
            raise RuntimeError("the host has not been entered")
        return self._directory.path

    def told(self) -> list[str]:
        """Return what a user must know or type, line by line."""
        return self._way.told()

    def state(self, number: int) -> dict[str, Any]:
        """The entries of `vcard list` about a reader's host."""
        port = self._ports[self._index(number)]
        host = port.host
        return {"state": port.state, "by": host.name if host else None}

    def together(self, number: int) -> Sequence[int]:
        """The readers that are interfaces of one device with this one, itself among them."""
        return self._together[self._index(number)]

    def plug(self, number: int) -> None:
        """Offer a reader again; RuntimeError if it is in, OSError if its host refuses it."""
        index = self._index(number)
        self._ports[index].plug()
        self._way.plugged(index)

    def unplug(self, number: int) -> None:
        """Pull a reader out: its host loses it. RuntimeError if it is out."""
        self._ports[self._index(number)].unplug()

    def __enter__(self) -> UsbHost:
        with ExitStack() as exits:
            directory = PrivateDirectory()
            exits.callback(Undertaker(directory.path, ANNOUNCED).close)
            exits.callback(directory.remove)
            for index, numbers in enumerate(self._together):
                places = [self._places[number] for number in numbers]
                port = usb_device(places, partial(self._changed, index))
                exits.callback(port.close)
                self._ports.append(port)
            exits.callback(self._way.close)
            self._way.open(self._ports)
            self._directory = directory
            self._exits = exits.pop_all()
        return self

    def close(self) -> None:
        """Let every host lose its devices. Harmless a second time."""
        self._exits.close()
        self._directory = None

    def _index(self, number: int) -> int:
        """Return which device a reader is an interface of."""
        return next(index for index, numbers in enumerate(self._together) if number in numbers)

    def _changed(self, index: int) -> None:
        if index >= len(self._ports):
            return  # it is being made
        for number in self._together[index]:
            state = self.state(number)
            self._places[number].tell(HostChanged(0, state["state"], state["by"] or ""))
