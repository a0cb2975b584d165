"""The libraries that pcscd loads: our compiled parts, listed in driver bundles for USB readers.

The libraries are plain shared objects beside the modules: no Python loads them, so that one wheel
does for every Python.

Spec: pcsc-lite, Info.plist of a driver bundle.
"""

from __future__ import annotations

import plistlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .daemon import PcscdError

BRIDGE = Path(__file__).parents[1]
PARTS = {
    "handler": ("ifdh/handler.so", "libpcsclite-dev"),
    "fake_libudev": ("pcscd/fake_libudev.so", "gcc"),
    "fake_libusb": ("faces/fake_libusb.so", "libusb-1.0-0-dev"),
}
"""The path of each part, and the Debian package that building it needs."""

IDS = ("ifdVendorID", "ifdProductID", "ifdFriendlyName")
"""The lists of an Info.plist: what stands at one place in them is one reader."""
GENERATES_HOTPLUG = 1
"""ifdCapabilities."""


def extension(part: str) -> Path:
    """The path of a compiled part; PcscdError if it was not built."""
    file, package = PARTS[part]
    path = BRIDGE / file
    if not path.exists():
        raise PcscdError(
            f"{path} is not built: apt install {package}, then pip install . again"
            " (in a checkout: python setup.py build_ext --inplace)"
        )
    return path


@dataclass(frozen=True, slots=True)
class UsbId:
    """A reader as a bundle lists it: idVendor, idProduct, and the name that PC/SC will show."""

    vendor: int
    product: int
    name: str

    @property
    def number(self) -> str:
        """Format both ids as usual: 1209:0001."""
        return f"{self.vendor:04x}:{self.product:04x}"


@dataclass(frozen=True, slots=True)
class UsbInterface:
    """An interface as pcscd sees it: bInterfaceNumber, and what pcscd adds to the reader's name."""

    number: int = 0
    name: str = ""
    serial: str = ""


def with_spare(ids: Sequence[UsbId], spare: Iterable[UsbId]) -> list[UsbId]:
    """`ids` and, behind them, those of `spare` that have another number than all before them.

    pcscd reads its bundles as it starts: a reader that comes later needs an entry that was there.
    """
    named = {(usb.vendor, usb.product) for usb in ids}
    more = {(usb.vendor, usb.product): usb for usb in reversed([*spare])}
    return [*ids, *(usb for number, usb in more.items() if number not in named)]


FIRST = UsbInterface()
"""The only interface of a device, or its first; pcscd adds nothing to the name."""


def write_bundle(
    drivers: Path,
    name: str,
    library: Path,
    ids: Iterable[UsbId],
    info: dict[str, Any] | None = None,
) -> None:
    """Write bundle `name` into `drivers`: `library` drives `ids`, before those of `info`.

    `info` is the Info.plist of the genuine bundle, if it is one. What it has for one of `ids` is
    left out, as pcscd goes by the last name of an id.
    """
    contents = drivers / f"{name}.bundle" / "Contents"
    (contents / "Linux").mkdir(parents=True)
    (contents / "Linux" / library.name).symlink_to(library)
    known = dict(info or _INFO)
    known["CFBundleExecutable"] = library.name
    listed = [(f"0x{usb.vendor:04X}", f"0x{usb.product:04X}", usb.name) for usb in ids]
    ours = {_numbers(one) for one in listed}
    theirs = zip(*(known.get(key, ()) for key in IDS), strict=True)
    listed += [one for one in theirs if _numbers(one) not in ours]
    for place, key in enumerate(IDS):
        known[key] = [one[place] for one in listed]
    (contents / "Info.plist").write_bytes(plistlib.dumps(known))


def _numbers(entry: tuple[str, str, str]) -> tuple[int, int]:
    return int(entry[0], 16), int(entry[1], 16)


_INFO: dict[str, Any] = {
    "CFBundleName": "vcard",
    "CFBundleVersion": "0.1",
    "ifdCapabilities": f"0x{GENERATES_HOTPLUG:08X}",
    "ifdProtocolSupport": "0x00000001",
    "ifdVersionNumber": "0x00000001",
    "ifdManufacturerString": "vcard",
    "ifdProductString": "vcard",
    "Copyright": "none",
}
