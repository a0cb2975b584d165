"""The HID half of a security key as a device of this machine's own kernel, by /dev/uhid.

For a machine without a virtual host controller: the card's contacts stay unconnected.
"""

from __future__ import annotations

import contextlib
import os
from functools import partial
from pathlib import Path

from ifd_bridge.system import threads
from readers.usb.device import Device, Stall
from readers.usb.hid import HID_IN, HID_OUT, REPORT
from readers.usb.setup import Setup, StandardRequest

from . import uhid_events as events
from .usb_port import UsbPort

DEVICE = Path("/dev/uhid")
CONFIGURE = Setup(0, StandardRequest.SET_CONFIGURATION, 1)


def why_not(device: Path = DEVICE) -> str | None:
    """Return what is missing for a device to be created here; None if nothing is."""
    if not device.exists():
        return f"the kernel module uhid is not there ({device}): as root, modprobe uhid"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"{device}: only root may make devices"
    return None


class UhidLink:
    """A port whose HID interface this kernel has, from `open` to `hang_up`."""

    def __init__(self, port: UsbPort, number: int, device: Path = DEVICE) -> None:
        self.name = f"this kernel, {device}"
        self._port, self._number, self._device = port, number, device
        self._file = -1

    def open(self) -> None:
        """Make the device; OSError if the kernel refuses."""
        self._file = os.open(self._device, os.O_RDWR | os.O_CLOEXEC)
        os.write(self._file, events.created(self._port.models[0], self._number))
        with self._port.guard:
            self._port.attach(self)
            self._port.control(CONFIGURE)
        threads.start("uhid", partial(self._serve, self._file))

    # As the port's host

    def hears(self, device: Device) -> bool:  # noqa: ARG002 - as every host's
        """Return False: no host hears of slot changes of the reader."""
        return False

    def deliver(self, device: Device) -> None:
        """Send the reports that wait."""
        hid = device.hid
        assert hid is not None
        while hid.reports.waiting:
            device.submit(HID_IN, 0, REPORT)
            for done in hid.reports.done():
                self._write(events.report_in(done.data))

    def hang_up(self) -> None:
        """Take the device away; harmless a second time. The kernel answers with a stop."""
        self._write(events.destroyed())
        self._file = -1

    def _write(self, event: bytes) -> None:
        if self._file >= 0:
            with contextlib.suppress(OSError):  # it has gone: reading tells
                os.write(self._file, event)

    def _serve(self, file: int) -> None:
        """Take what the host sends, until the device goes."""
        try:
            with contextlib.suppress(OSError):
                while (event := os.read(file, events.EVENT)) and not events.stops(event):
                    self._do(event)
        finally:
            self._file = -1
            self._port.detach(self)
            os.close(file)

    def _do(self, event: bytes) -> None:
        report, answer = events.report_out(event), events.refusal(event)
        with self._port.guard, contextlib.suppress(Stall):
            if report is not None:
                self._port.at(HID_OUT).device.out(HID_OUT, report)
            elif answer is not None:
                self._write(answer)
