"""A port with a security key for python-fido2's CtapHidDevice."""

from __future__ import annotations

from collections.abc import Callable

from fido2.hid import CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor

from applets.fido2 import Fido2
from readers import CcidReader, models
from readers.usb.device import Device
from readers.usb.hid import HID_IN, HID_OUT, HidInterface
from readers.usb.setup import Setup
from vcard import Contact
from vcard.doubles.recording import Recorder
from vcard.hid import hid_function_of

SET_CONFIGURATION = Setup(0, 9, 1)
Wrap = Callable[[Contact], Contact]


def recorded(card: Contact) -> Contact:
    return Recorder(card, print, lambda: 0.0)


class Port(CtapHidConnection):
    """A port with the device in it; time passes when nothing else can happen.

    A `silent` device is given up at once.
    """

    def __init__(self, applet: Fido2, wrap: Wrap) -> None:
        self.now, self.silent = 0.0, False
        reader = CcidReader(models.PLAIN)
        card = wrap(applet.on_card())
        reader.insert(card)
        function = hid_function_of(card)
        assert function is not None
        self.hid = HidInterface(function, lambda: self.now)
        self.device = Device(reader, hid=self.hid)
        self.device.control(SET_CONFIGURATION)

    def write_packet(self, data: bytes) -> None:
        self.device.out(HID_OUT, data)

    def read_packet(self) -> bytes:
        self.device.submit(HID_IN, "in", 64)
        while True:
            for done in self.hid.reports.done():
                return done.data
            if self.hid.deadline is None and self.silent:
                self.device.hid.reports.flush()
                raise TimeoutError
            assert self.hid.deadline is not None
            self.now = max(self.now, self.hid.deadline)
            self.hid.tick()

    def close(self) -> None:
        pass


def opened(applet: Fido2, wrap: Wrap = recorded) -> tuple[Port, CtapHidDevice]:
    """A port, and the device in it as python-fido2 has opened it."""
    port = Port(applet, wrap)
    return port, CtapHidDevice(HidDescriptor("port", 0x1050, 0x0407, 64, 64, "key", None), port)
