"""The readers of places as one USB device for a host elsewhere, or for this machine's kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..faces.usb_port import UsbPort
from .door import Drivable


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
