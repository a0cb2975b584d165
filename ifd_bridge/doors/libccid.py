"""The distribution's libccid as the driver of our readers, over USB or a serial line.

The library is faked, not the kernel: libccid calls two dozen functions of libusb, and with those on
unix sockets it runs unmodified, without root, kernel module or virtual machine. It cannot show the
faults of a host controller. In the mount namespace of a private pcscd, the genuine libraries stand
in the world's own directory. The devices are in faces/libusb.py and faces/serial.py.
"""

from __future__ import annotations

import os
import plistlib
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from readers.ccid.descriptor import ExchangeLevel
from readers.models import MODELS, Model

from ..driver.endless import endless
from ..driver.known_reader import KnownReader
from ..driver.options import NUMBER, DriverOptions
from ..faces.libusb import UsbFace
from ..faces.serial import SerialFace
from ..pcscd.bundle import UsbId, UsbInterface, extension, with_spare, write_bundle
from ..pcscd.daemon import Entrance, PcscdError, ReaderConf
from ..pcscd.hotplug import Device, Plugs, why_not
from .door import Drivable, unknown
from .face_door import FaceDoor

DRIVERS = Path("/usr/lib/pcsc/drivers")
USB_LIBRARY = DRIVERS / "ifd-ccid.bundle/Contents/Linux/libccid.so"
INFO = DRIVERS / "ifd-ccid.bundle/Contents/Info.plist"
SERIAL_LIBRARY = DRIVERS / "serial/libccidtwin.so"
BUNDLE = "ifd-ccid"
_NAME = re.compile(r"(.*?)(?: \[([^][]*)\])?(?: \(([^()]*)\))?")
"""The name of one interface of several: to that of the product pcscd adds what tells them apart."""


class LibccidDoor(FaceDoor[UsbFace]):
    """Readers driven by libccid.so over a preloaded libusb; they can be unplugged.

    ValueError for a reader over which the driver would never come back.
    """

    def __init__(self, places: Sequence[Drivable], options: DriverOptions | None = None) -> None:
        super().__init__(places, options)
        need_end((reader.model for reader in self._readers), self._options)
        self._plugs: Plugs | None = None
        self._directory = Path()
        self._next = len(self._places)
        self._names: dict[tuple[int, int], str] = {}
        """The reader that the driver's bundle names by each idVendor and idProduct."""

    def open(self, directory: Path) -> Entrance:
        """Make the devices, and a bundle that lists them; PcscdError says what is missing."""
        reason = why_not()
        if reason is not None:
            raise PcscdError(f"libccid needs readers that can be plugged in: {reason}")
        self._directory = directory
        (directory / "usb").mkdir()
        library = copy(USB_LIBRARY, directory)
        for places in self._together:
            self._open_face(places[0])
        self._plugs = plugs = Plugs(directory, [self._device(n) for n in self._places])
        info = genuine_info(self._options)
        ids = with_spare([self._usb_id(n) for n in self._places], map(usb_id, MODELS.values()))
        write_bundle(plugs.drivers, BUNDLE, library, ids, info)
        self._names = {(usb.vendor, usb.product): usb.name for usb in ids}
        return plugs.entrance(
            str(extension("fake_libusb")),
            LANG=self._options.language,
            VCARD_USB=str(directory / "usb"),
            PCSCLITE_HP_DROPDIR=str(plugs.drivers),
        )

    def renew(self, number: int) -> None:
        """Make a new device: its driver has gone."""
        if number == self._together[self._index(number)][0]:
            self._face(number).close()
            self._open_face(number)

    def add(self, places: Sequence[Drivable]) -> None:
        """Take in the readers of one more device; ValueError if the driver does not take it."""
        plugs = self._need_plugs()
        models = [place.reader.model for place in places]
        need_end(models, self._options)
        for model in models:
            self._need_name(model, usb_id(model, several=len(models) > 1))
        numbers = list(range(self._next, self._next + len(places)))
        self._next += len(places)
        self._places |= dict(zip(numbers, places, strict=True))
        self._together.append(numbers)
        self._open_face(numbers[0])
        for number in numbers:
            plugs.add(number, self._device(number))

    def remove(self, number: int) -> None:
        """Forget the readers of a device; its address is free."""
        index = self._index(number)
        self._devices.pop(index).close()
        for each in self._together.pop(index):
            self._need_plugs().remove(each)
            del self._places[each]

    def plug(self, number: int) -> None:
        """Plug a reader in, and with it the device of its interface."""
        if self._face(number).closed:
            self._open_face(number)
        self._need_plugs().plug(number)

    def unplug(self, number: int) -> None:
        """Pull a reader out, and with it the device of its interface.

        pcscd is told first: a thread of it that waits for an interrupt hears that it is to end, one
        that has just been woken by a transfer that failed would wait on.
        """
        self._need_plugs().unplug(number)
        self._face(number).close()

    def _need_name(self, model: Model, usb: UsbId) -> None:
        """ValueError unless the bundle names a model as it is to be named."""
        known = self._names.get((usb.vendor, usb.product))
        if known != usb.name:
            how = f"as {known!r}" if known else "not"
            raise unknown(model.name, f"since it began, the driver knows {usb.number} {how}")

    def _face(self, number: int) -> UsbFace:
        return self._devices[self._index(number)]

    def _open_face(self, number: int) -> None:
        index = self._index(number)
        first, *others = (self._places[n] for n in self._together[index])
        beside = [place.reader for place in others]
        face = UsbFace(first.reader, self._directory / "usb", first.address, self.wake, beside)
        self._devices[index : index + 1] = [face]
        face.open()

    def _device(self, number: int) -> Device:
        model, face = self._places[number].reader.model, self._face(number)
        at = UsbInterface(model.interface_number)
        if len(face.functions) > 1:
            at = UsbInterface(at.number, *_parts(model.name)[1:])
        return Device(self._usb_id(number), face.device_node, at)

    def _usb_id(self, number: int) -> UsbId:
        several = len(self._face(number).functions) > 1
        return usb_id(self._places[number].reader.model, several=several)

    def _need_plugs(self) -> Plugs:
        if self._plugs is None:
            raise RuntimeError("the world has not been entered")
        return self._plugs


def usb_id(model: Model, *, several: bool = False) -> UsbId:
    """The name of a model in the bundle: its own, or its product's if it is one of several."""
    name = _parts(model.name)[0] if several else model.name
    return UsbId(model.vendor_id, model.product_id, name)


class LibccidSerialDoor(FaceDoor[SerialFace]):
    """Readers driven by libccidtwin.so over pseudo terminals; they cannot be unplugged.

    The driver reads no descriptor on a serial line: `device` (GemPCTwin, GemPCPinPad, ...) says
    what it takes each reader for; None chooses by whether the reader has a keypad. All of them
    exchange TPDUs: ValueError for a reader that does not.
    """

    def __init__(
        self,
        places: Sequence[Drivable],
        options: DriverOptions | None = None,
        *,
        device: str | None = None,
    ) -> None:
        super().__init__(places, options)
        self._device = device
        self._together = [[number] for number in self._places]
        for reader in self._readers:
            if reader.model.descriptor.exchange_level is not ExchangeLevel.TPDU:
                raise ValueError(
                    f"{reader.model.name!r} exchanges no TPDUs, which libccid takes for granted on"
                    " a serial line: --reader gemalto-pc-twin or gemalto-pinpad does"
                )

    def open(self, directory: Path) -> Entrance:
        """Make the terminals; PcscdError says what is missing."""
        library = copy(SERIAL_LIBRARY, directory)
        drivers = directory / "drivers"  # where the driver looks for its options
        write_bundle(drivers, BUNDLE, library, (), genuine_info(self._options))
        conf = []
        for reader in self._readers:
            device = self._device or ("GemPCPinPad" if reader.model.has_pinpad else "GemPCTwin")
            face = SerialFace(reader, device, self.wake)
            face.open()
            self._devices.append(face)
            conf.append(ReaderConf(reader.model.name, f"{face.terminal}:{device}", library))
        environ = {"PCSCLITE_HP_DROPDIR": str(drivers), "LANG": self._options.language}
        return Entrance(tuple(conf), environ=environ)

    def renew(self, number: int) -> None:
        """The terminal stays; its driver has to open it again."""
        self._devices[number].opened.clear()

    def add(self, places: Sequence[Drivable]) -> None:
        """Serial readers do not come and go: RuntimeError."""
        raise RuntimeError(
            f"{places[0].reader.model.name!r} cannot be added: readers on serial lines are there"
            " from the beginning"
        )

    def plug(self, number: int) -> None:
        """Serial readers do not come and go: RuntimeError."""
        raise RuntimeError(f"reader {number} is on a serial line: it cannot be plugged in")

    def unplug(self, number: int) -> None:
        """Serial readers do not come and go: RuntimeError."""
        raise RuntimeError(f"reader {number} is on a serial line: it cannot be unplugged")


def need_end(models: Iterable[Model], options: DriverOptions) -> None:
    """ValueError for a reader over which libccid would never come back."""
    for model in models:
        if why := endless(KnownReader.of(model), options):
            raise ValueError(f"libccid would never come back from {model.name!r}: {why}")


def _parts(name: str) -> tuple[str, ...]:
    """Split a name as pcscd makes it for an interface: product, interface, serial number."""
    found = _NAME.fullmatch(name)
    assert found is not None  # everything has a product
    return found.groups("")


def genuine_info(options: DriverOptions) -> dict[str, Any]:
    """The genuine Info.plist with these options; PcscdError if it is not installed."""
    if not INFO.exists():
        raise PcscdError(f"{INFO} is missing: apt install libccid")
    return {**plistlib.loads(INFO.read_bytes()), NUMBER: f"0x{int(options):04X}"}


def copy(library: Path, directory: Path) -> Path:
    """The genuine library in the world's own directory; PcscdError if it is not installed."""
    if not library.exists():
        raise PcscdError(f"{os.fspath(library)} is missing: apt install libccid")
    return Path(shutil.copy(library, directory))
