"""Readers that come and go while pcscd runs, as USB readers do.

pcscd's own code for USB readers does the work; a preloaded libudev (fake_libudev.c) shows it
devices: a directory with a file for each, watched by inotify. It takes a mount namespace, because
pcscd reads its drivers from one fixed directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .bundle import FIRST, UsbId, UsbInterface, extension
from .daemon import Entrance, PcscdError, namespace

SYSTEM_DRIVERS = Path("/usr/lib/pcsc/drivers")


def why_not() -> str | None:
    """Return what is missing for readers to come and go here; None if nothing is."""
    if not namespace():
        return "no mount namespace can be made here"
    if not SYSTEM_DRIVERS.is_dir():
        return f"{SYSTEM_DRIVERS} is missing: apt install libccid"
    try:
        extension("fake_libudev")
    except PcscdError as error:
        return str(error)
    return None


@dataclass(frozen=True, slots=True)
class Device:
    """A reader as pcscd's USB code sees it, and the device node that its driver is given."""

    usb: UsbId
    node: str
    interface: UsbInterface = FIRST


class PlugDirectory:
    """The directory in which fake_libudev.c looks for devices."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "udev"
        self._draft = directory / "udev.draft"
        self.path.mkdir()

    def plug(self, number: int, usb: UsbId, device_node: str, at: UsbInterface) -> None:
        """Plug interface `number` in: pcscd sees it within milliseconds."""
        lines = {
            "idVendor": f"{usb.vendor:04x}",
            "idProduct": f"{usb.product:04x}",
            "bInterfaceNumber": f"{at.number:02x}",
            "devnode": device_node,
            "interface": at.name,
            "serial": at.serial,
        }
        self._draft.write_text("".join(f"{key}={text}\n" for key, text in lines.items() if text))
        self._draft.rename(self._file(number))  # pcscd never sees half of it

    def unplug(self, number: int) -> None:
        """Pull device `number` out. Harmless if it is not there."""
        self._file(number).unlink(missing_ok=True)

    def plugged(self, number: int) -> bool:
        """True if the device is plugged in."""
        return self._file(number).exists()

    def _file(self, number: int) -> Path:
        return self.path / f"1-{number + 1:02}:1"


class Plugs:
    """The devices of one world. All are plugged in at the start."""

    def __init__(self, directory: Path, devices: Sequence[Device]) -> None:
        self._devices = dict(enumerate(devices))
        self._plugged = PlugDirectory(directory)
        self.drivers = directory / "drivers"
        self.drivers.mkdir()
        for number in self._devices:
            self.plug(number)

    def entrance(self, *preload: str, **environ: str) -> Entrance:
        """Return the settings for pcscd; `preload` are libraries beside the fake libudev."""
        libraries = [str(extension("fake_libudev")), *preload]
        return Entrance(
            drivers=self.drivers,
            environ={
                "LD_PRELOAD": ":".join(libraries),
                "VCARD_UDEV": str(self._plugged.path),
                **environ,
            },
        )

    def add(self, number: int, device: Device) -> None:
        """Take in one more device, for `plug`."""
        self._devices[number] = device

    def remove(self, number: int) -> None:
        """Forget a device, which is unplugged."""
        del self._devices[number]

    def plug(self, number: int) -> None:
        """Plug a reader in; RuntimeError if it is in."""
        if self._plugged.plugged(number):
            raise RuntimeError(f"reader {number} is plugged in already")
        device = self._devices[number]
        self._plugged.plug(number, device.usb, device.node, device.interface)

    def unplug(self, number: int) -> None:
        """Pull a reader out; RuntimeError if it is out."""
        if not self._plugged.plugged(number):
            raise RuntimeError(f"reader {number} is not plugged in")
        self._plugged.unplug(number)
