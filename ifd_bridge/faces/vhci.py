"""A reader as a USB device of this machine's own kernel, by its virtual host controller (vhci-hcd).

The kernel is given one end of a socket pair through sysfs and speaks USB/IP there: neither TCP nor
the usbip tool takes part. When the other end closes, also by a kill, the kernel drops the device.

Spec: Linux, Documentation/ABI/testing/sysfs-platform-usbip-vudc and drivers/usb/usbip/vhci_sysfs.c.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ifd_bridge.system import threads

from .usb_port import UsbPort
from .usbip import Session
from .usbip_frames import FULL_SPEED, Exported

SYSFS = Path("/sys/devices/platform/vhci_hcd.0")
HIGH_SPEED_HUB = "hs"
"""The hub for full-speed devices: a root hub of vhci is for high speed and below, or for super."""
FREE = 4
"""VDEV_ST_NULL: nothing is attached to a port."""


@dataclass(frozen=True, slots=True)
class VhciPort:
    """A line of the controller's status: a port of one of its root hubs."""

    hub: str
    number: int
    status: int
    busid: str


class Vhci:
    """The controller, as sysfs shows it below `root`."""

    def __init__(self, root: Path = SYSFS) -> None:
        self._root = root

    def why_not(self) -> str | None:
        """Return what is missing for devices to be attached here; None if nothing is."""
        attach = self._root / "attach"
        if not attach.exists():
            return f"the kernel module vhci_hcd is not there ({attach}): as root, modprobe vhci_hcd"
        try:
            attach.open("w").close()
        except OSError as error:
            return f"{attach}: {error.strerror}; only root may attach devices"
        return None

    def ports(self) -> Iterator[VhciPort]:
        """All ports, those of further controllers as well."""
        for file in sorted(self._root.glob("status*")):
            for line in file.read_text().splitlines():
                fields = line.split()
                if len(fields) >= 7 and fields[1].isdigit():
                    yield VhciPort(fields[0], int(fields[1]), int(fields[2]), fields[-1])

    def free_port(self) -> int:
        """The first port that a full-speed device can have; OSError if all are taken."""
        for port in self.ports():
            if port.hub == HIGH_SPEED_HUB and port.status == FREE:
                return port.number
        raise OSError("every port of vhci_hcd is taken")

    def attach(self, port: int, sock: socket.socket, device: Exported) -> None:
        """Hand a socket to the kernel, which keeps it; OSError if it refuses."""
        line = f"{port} {sock.fileno()} {device.devid} {FULL_SPEED}"
        (self._root / "attach").write_text(line)

    def busid(self, number: int) -> str | None:
        """The name of what is attached to a port, as below /sys/bus/usb/devices."""
        for port in self.ports():
            if port.number == number and port.status != FREE and port.busid not in ("", "0-0"):
                return port.busid
        return None


class VhciLink:
    """A reader's USB port and the kernel's, from `open` to `close`."""

    def __init__(self, port: UsbPort, number: int, vhci: Vhci) -> None:
        self._port = port
        self._number = number
        self._vhci = vhci
        self._at: int | None = None

    @property
    def busid(self) -> str | None:
        """The device's name below /sys/bus/usb/devices; None while the kernel has not got it."""
        return None if self._at is None else self._vhci.busid(self._at)

    def open(self) -> None:
        """Attach; OSError if the kernel refuses."""
        ours, theirs = socket.socketpair()
        self._at = at = self._vhci.free_port()
        session = Session(ours, f"this kernel, vhci port {at}")
        session.take(self._port)
        try:
            with theirs:
                hid = self._port.hid is not None
                exported = Exported(self._number, self._port.models, hid=hid)
                self._vhci.attach(at, theirs, exported)
        except OSError:
            session.end()
            raise
        threads.start(f"vhci port {at}", partial(self._serve, session))

    @staticmethod
    def _serve(session: Session) -> None:
        try:
            session.serve()
        finally:
            session.end()
