"""The ways, by name, in which hosts elsewhere get readers as USB devices.

`redir:DIR` gives a unix socket a reader, `ip[:PORT]` a USB/IP server, `vhci` this machine's kernel,
`uhid` the same kernel the HID half of security keys.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from ..system.sockets import MAX_PATH
from . import uhid, usbip, usbip_frames
from .usb_port import UsbPort
from .usbredir import Listener
from .vhci import Vhci, VhciLink


class Way(Protocol):
    """A way from hosts to ports: `open` comes once, `plugged` for each reader plugged in again."""

    def open(self, ports: Sequence[UsbPort]) -> None:
        """Let hosts come; OSError if that cannot be."""

    def close(self) -> None:
        """Let none come any more."""

    def plugged(self, number: int) -> None:
        """Offer a reader that has been plugged in again."""

    def told(self) -> list[str]:
        """Return what a user must know or type, line by line."""


class RedirWay:
    """A unix socket a reader in `directory`, for virtual machines; ValueError if it is too long."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.absolute()
        self._listeners: list[Listener] = []
        if len(str(self._path(99)).encode()) > MAX_PATH:
            raise ValueError(f"a socket's path has at most {MAX_PATH} bytes: {self._path(99)}")

    def _path(self, number: int) -> Path:
        return self._directory / f"reader{number}"

    def open(self, ports: Sequence[UsbPort]) -> None:
        """Listen."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number, port in enumerate(ports):
            listener = Listener(port, self._path(number))
            listener.open()
            self._listeners.append(listener)

    def close(self) -> None:
        """Hang up."""
        for listener in self._listeners:
            listener.close()

    def plugged(self, number: int) -> None:
        """Tell the guest that waits."""
        self._listeners[number].plugged()

    def told(self) -> list[str]:
        """QEMU's options and libvirt's XML."""
        qemu, libvirt = ["# QEMU:", "#   -device qemu-xhci \\"], ["# libvirt, in <devices>:"]
        last = len(self._listeners) - 1
        for number, listener in enumerate(self._listeners):
            name, more = f"vcard{number}", "" if number == last else " \\"
            qemu.append(
                f"#   -chardev socket,id={name},path={listener.path},reconnect=1"
                f" -device usb-redir,chardev={name}{more}"
            )
            libvirt.append(
                f"#   <redirdev bus='usb' type='unix'>"
                f"<source mode='connect' path='{listener.path}'/></redirdev>"
            )
        return qemu + libvirt


class IpWay:
    """A USB/IP server at an address; ValueError if it is malformed, or not this machine's."""

    def __init__(self, port: int = usbip_frames.PORT, listen: str | None = None) -> None:
        self._address = ipaddress.ip_address(listen or "127.0.0.1")
        self._port = port
        self._server: usbip.Server | None = None

    def open(self, ports: Sequence[UsbPort]) -> None:
        """Listen."""
        self._server = usbip.Server(ports, str(self._address), self._port)
        self._server.open()

    def close(self) -> None:
        """Hang up."""
        if self._server is not None:
            self._server.close()

    def plugged(self, number: int) -> None:
        """Nothing: it is listed again, and who wants it attaches it."""

    def told(self) -> list[str]:
        """The commands of the attaching side, and a warning where anybody could be that."""
        assert self._server is not None
        host, port = self._server.address
        tcp = "" if port == usbip_frames.PORT else f"--tcp-port {port} "
        warning = []
        if not self._address.is_loopback:
            warning = ["# WARNING: USB/IP has no password: whoever reaches this port has the cards"]
        return [
            *warning,
            f"# usbip {tcp}list -r {host}",
            *(
                f"# usbip {tcp}attach -r {host} -b {device.busid.decode()}"
                f"   # as root, with vhci_hcd: {device.model.name}"
                for device in self._server.exported()
            ),
        ]


class VhciWay:
    """The kernel of this machine; OSError at `open` says why it cannot be."""

    def __init__(self, vhci: Vhci | None = None) -> None:
        self._vhci = vhci or Vhci()
        self.links: list[VhciLink] = []

    def open(self, ports: Sequence[UsbPort]) -> None:
        """Attach every reader."""
        if reason := self._vhci.why_not():
            raise OSError(reason)
        for number, port in enumerate(ports):
            link = VhciLink(port, number, self._vhci)
            link.open()
            self.links.append(link)

    def close(self) -> None:
        """Nothing: a port that closes hangs up, and the kernel drops the device."""

    def plugged(self, number: int) -> None:
        """Attach again."""
        self.links[number].open()

    def told(self) -> list[str]:
        """Say that the kernel has the readers."""
        return ["# this kernel has the readers now: lsusb shows them, pcscd finds them"]


class UhidWay:
    """The HID interface alone, for the kernel of this machine; OSError says why it cannot be."""

    def __init__(self, device: Path = uhid.DEVICE) -> None:
        self._device = device
        self.links: dict[int, uhid.UhidLink] = {}

    def open(self, ports: Sequence[UsbPort]) -> None:
        """Make a device of every reader that is a security key."""
        if reason := uhid.why_not(self._device):
            raise OSError(reason)
        for number, port in enumerate(ports):
            if port.hid is not None:
                self.links[number] = uhid.UhidLink(port, number, self._device)
                self.links[number].open()
        if not self.links:
            raise OSError("no reader here is a security key: --card yubikey makes one")

    def close(self) -> None:
        """Nothing: a port that closes hangs up, and the kernel drops the device."""

    def plugged(self, number: int) -> None:
        """Make the device again."""
        if number in self.links:
            self.links[number].open()

    def told(self) -> list[str]:
        """Say that the kernel has the security keys."""
        return ["# this kernel has the security keys now: fido2-token -L lists them"]


def way(text: str, listen: str | None = None) -> Way:
    """The way that `--usb` names; ValueError says what is wrong.

    `listen` is another address for USB/IP than 127.0.0.1.
    """
    name, more, rest = text.partition(":")
    if listen is not None and name != "ip":
        raise ValueError("only --usb ip listens at an address")
    if name == "redir" and rest:
        return RedirWay(Path(rest))
    if text in _HERE:
        return _HERE[text]()
    if name == "ip" and (not more or (rest.isdecimal() and int(rest) < 1 << 16)):
        return IpWay(int(rest) if more else usbip_frames.PORT, listen)
    raise ValueError(f"{text!r} is no way to a host; there are redir:DIR, vhci, uhid and ip[:PORT]")


_HERE: dict[str, Callable[[], Way]] = {"vhci": VhciWay, "uhid": UhidWay}
"""The ways to this machine's own kernel."""
