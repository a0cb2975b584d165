"""Base of doors to another driver: shows devices to it and waits until it has opened them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Sequence
from typing import Generic, Protocol, TypeVar

from readers import CcidReader
from readers.models.model import devices

from ..driver.options import DriverOptions
from ..faces.usb_port import UsbPort
from .door import Drivable


class Shown(Protocol):
    """A reader as a device: a face, or a port of a USB host."""

    @property
    def opened(self) -> threading.Event:
        """Set when a driver has opened it."""

    def close(self) -> None:
        """Take the device away."""


D = TypeVar("D", bound=Shown)


class FaceDoor(Generic[D]):
    """The readers of `places` as `devices`, which are made when the door is opened."""

    def __init__(self, places: Sequence[Drivable], options: DriverOptions | None = None) -> None:
        self._places = dict(enumerate(places))
        self._together = devices([place.reader.model for place in places])
        self._options = options or DriverOptions()
        self._devices: list[D] = []
        self._changed = threading.Condition()

    @property
    def slots(self) -> int:
        """The number of slots of all readers together."""
        return sum(reader.model.slots for reader in self._readers)

    @property
    def _readers(self) -> list[CcidReader]:
        return [place.reader for place in self._places.values()]

    def _index(self, number: int) -> int:
        """Return which device a reader is an interface of."""
        return next(index for index, numbers in enumerate(self._together) if number in numbers)

    def ready(
        self, timeout_s: float, ended: Callable[[], bool], hidden: Container[int] = ()
    ) -> bool:
        """Wait until the driver has opened every device that has a reader that is not `hidden`."""
        with self._changed:
            self._changed.wait_for(lambda: self._all_opened(hidden) or ended(), timeout_s)
        return self._all_opened(hidden)

    def wake(self) -> None:
        """Let `ready` look again."""
        with self._changed:
            self._changed.notify_all()

    def remove(self, number: int) -> None:
        """Do nothing: no reader is added here, so that few are ever removed."""

    def close(self) -> None:
        """Close the devices. Harmless a second time."""
        for device in self._devices:
            device.close()
        self._devices.clear()

    def _all_opened(self, hidden: Container[int]) -> bool:
        each = zip(self._devices, self._together, strict=False)  # none before it is open
        return all(
            device.opened.is_set() or all(number in hidden for number in numbers)
            for device, numbers in each
        )


def usb_device(places: Sequence[Drivable], changed: Callable[[], object]) -> UsbPort:
    """The device whose interfaces are the readers of these places; they are pulled out together.

    ValueError if a security key is among several.
    """
    first, *others = (place.reader for place in places)
    functions = (place.hid_function() for place in places)
    port = UsbPort(first, changed, next(filter(None, functions), None), others)
    for place in places:
        place.pull = port.unplug
    return port
