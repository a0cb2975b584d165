"""The distribution's libccid through this machine's own kernel: usbfs, usbcore, vhci-hcd.

Nothing is preloaded: the private pcscd finds the devices by udev, or, where udev does not run, in
sysfs when it starts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ..driver.options import DriverOptions
from ..faces.usb_port import UsbPort
from ..faces.vhci import Vhci
from ..faces.ways import VhciWay
from ..pcscd.bundle import IDS, write_bundle
from ..pcscd.daemon import Entrance, PcscdError
from ..pcscd.run_directory import PID_FILE, RUN, live_system_pcscd
from .door import Drivable
from .face_door import FaceDoor, usb_device
from .libccid import BUNDLE, USB_LIBRARY, copy, genuine_info, need_end, usb_id

DEVICES = Path("/sys/bus/usb/devices")
ENUMERATION_S = 10.0
"""Time in seconds for a kernel to read a device's descriptors; an emulated one takes a second."""
LOOK_S = 0.01


class KernelDoor(FaceDoor[UsbPort]):
    """Readers that this kernel drives as USB devices.

    ValueError for a reader over which the driver would never come back.
    """

    def __init__(
        self,
        places: Sequence[Drivable],
        options: DriverOptions | None = None,
        *,
        vhci: Vhci | None = None,
    ) -> None:
        super().__init__(places, options)
        self._vhci = vhci or Vhci()
        self._way = VhciWay(self._vhci)
        need_end([reader.model for reader in self._readers], self._options)

    def open(self, directory: Path) -> Entrance:
        """Attach the devices, and list them in a bundle; PcscdError says what is missing."""
        if reason := self._vhci.why_not():
            raise PcscdError(f"--driver kernel needs a virtual USB host controller: {reason}")
        self._need_to_be_alone()
        library = copy(USB_LIBRARY, directory)
        drivers = directory / "drivers"
        ids = [
            usb_id(self._places[n].reader.model, several=len(numbers) > 1)
            for numbers in self._together
            for n in numbers
        ]
        info = genuine_info(self._options)
        for key in IDS:
            info[key] = []  # else the driver would take this machine's real readers
        write_bundle(drivers, BUNDLE, library, ids, info)
        self._devices = [
            usb_device([self._places[n] for n in numbers], self.wake) for numbers in self._together
        ]
        try:
            self._way.open(self._devices)
            self._enumerated()
        except OSError as error:
            self.close()
            raise PcscdError(f"the kernel takes no device: {error}") from error
        environ = {
            "PCSCLITE_HP_DROPDIR": str(drivers),
            "LANG": self._options.language,
            "VCARD_KEEP_UDEV": "1",
        }
        return Entrance(drivers=drivers, environ=environ)

    def renew(self, number: int) -> None:
        """Do nothing: the kernel keeps the device, and the driver opens it again."""

    def add(self, places: Sequence[Drivable]) -> None:
        """Raise RuntimeError: another device needs another port, which `open` has chosen."""
        raise RuntimeError(
            f"{places[0].reader.model.name!r} cannot be added: the kernel's ports were chosen when"
            " the world began"
        )

    def plug(self, number: int) -> None:
        """Plug a reader in; pcscd hears of it where udev runs."""
        index = self._index(number)
        self._devices[index].plug()
        self._way.plugged(index)

    def unplug(self, number: int) -> None:
        """Pull a reader out."""
        self._devices[self._index(number)].unplug()

    def _need_to_be_alone(self) -> None:
        """PcscdError if the system's pcscd would take the devices, as two cannot have one."""
        known = genuine_info(self._options)
        ids = set(zip(known["ifdVendorID"], known["ifdProductID"], strict=True))
        for model in (reader.model for reader in self._readers):
            listed = (f"0x{model.vendor_id:04X}", f"0x{model.product_id:04X}") in ids
            if listed and live_system_pcscd(RUN / PID_FILE):
                raise PcscdError(
                    f"the system's pcscd would take {model.name!r}: stop it, or take a reader of"
                    " ours, such as --reader pinpad"
                )

    def _enumerated(self) -> None:
        """Wait for the interfaces: without udev, pcscd looks at devices only as it starts."""
        end = time.monotonic() + ENUMERATION_S
        while not all(
            _has_interface(link.busid, model.interface_number)
            for link, port in zip(self._way.links, self._devices, strict=True)
            for model in port.models
        ):
            if time.monotonic() > end:
                raise OSError("it has not read the descriptors in time")
            time.sleep(LOOK_S)


def _has_interface(busid: str | None, number: int) -> bool:
    return busid is not None and (DEVICES / f"{busid}:1.{number}").exists()
