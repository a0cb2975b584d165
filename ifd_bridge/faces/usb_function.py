"""A reader as an interface of a USB device on a bus: its endpoints, and their messages.

The pump's guard surrounds everything that touches the interface, so that there is one lock.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Protocol

from ifd_bridge.system import threads
from readers import CcidReader
from readers.ccid.codes import SLOT, asks_for_time
from readers.models import Model
from readers.usb.device import Device
from readers.usb.hid import HidInterface

from .pump import Pump

MOST_MESSAGES = 64
"""Messages that may wait for the reader: CCID hosts send one a slot."""
PATIENCE_S, LONGEST_S = 0.06, 1.0
"""Seconds that a moving card waits for the host to look: a virtual machine may stand still.

The longer time is for one that has just looked, or that was slow to look at the last movement.
"""
HELD_S = 1.0
"""How long a movement is held back until the host has looked at the one before; not all do."""
CLOSED = b""


class Bus(Protocol):
    """The part of a device that its interface needs; called with the interface's guard held."""

    def hears(self, device: Device) -> bool:
        """Return True if an interrupt packet of this interface would reach the host at once."""

    def deliver(self, device: Device) -> None:
        """Send what transfers of this interface have ended with."""

    def changed(self) -> None:
        """Let people know of the new state."""

    def lost(self) -> None:
        """Disconnect the host from a device that is no longer served."""


class UsbFunction:
    """A reader, its pump, and its endpoints; `beside` are the models of all interfaces."""

    def __init__(
        self,
        reader: CcidReader,
        bus: Bus,
        hid: HidInterface | None = None,
        beside: Sequence[Model] = (),
    ) -> None:
        self.reader = reader
        self.opened = threading.Event()
        """Set when a driver has spoken to the last slot; cleared when the device is reset."""
        self._bus = bus
        self._messages: queue.Queue[bytes] = queue.Queue()
        self.device = Device(reader, self._take, self._began, hid=hid, beside=beside)
        self.guard = Pump(
            reader,
            self._bulk,
            self._interrupt,
            patience_s=PATIENCE_S,
            longest_s=LONGEST_S,
            held_s=HELD_S,
            polled=self.device.interrupt is None,
        )
        threads.start("usb-slot", partial(self.guard.serve, self._messages.get, bus.lost), bus.lost)

    def close(self) -> None:
        """End the threads."""
        self.guard.close()
        self._messages.put(CLOSED)

    # What a host does that submits its interrupt transfers: a movement is known to be heard

    def submit(self, endpoint: int, token: Hashable, room: int) -> None:
        """Let the host ask an IN endpoint for up to `room` bytes; Stall if it cannot."""
        self.device.submit(endpoint, token, room)
        if endpoint == self.device.interrupt:
            self.guard.listening()

    def cancel(self, token: Hashable) -> bool:
        """Forget a transfer; False if it does not wait here (any more)."""
        for endpoint, pipe in self.device.pipes.items():
            if pipe.cancel(token):
                if endpoint == self.device.interrupt:
                    self.guard.listening(-1)
                return True
        return False

    # What the device and the reader say

    def _take(self, message: bytes) -> bool:
        """Queue a message; a token's is handled at once, as its host fetches the answer."""
        if self._messages.qsize() >= MOST_MESSAGES:
            return False
        if self.device.token is None:
            self._messages.put(message)
        else:
            self.reader.handle(message, time.monotonic())
        last = bytes((self.reader.model.slots - 1,))
        if not self.opened.is_set() and message[SLOT : SLOT + 1] == last:
            self.opened.set()
            self._bus.changed()
        return True

    def _began(self, configuration: int) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._messages.get_nowait()
        self.opened.clear()
        if configuration:
            self.guard.restart()
        self._bus.changed()

    def _bulk(self, message: bytes) -> None:
        pipe = self.device.bulk_in
        if not self.device.configuration or (asks_for_time(message) and pipe.waiting):
            return  # a host that fetches nothing is not told each second to wait on
        if self.device.token is not None and self.device.token.pending:
            self.device.token.answered(message)
            return
        pipe.put(message)
        self._bus.deliver(self.device)

    def _interrupt(self, message: bytes) -> bool:
        device = self.device
        if device.interrupt is None or not device.works(device.interrupt):
            return False
        if not self._bus.hears(device):
            return False
        device.interrupt_in.put(message)
        self._bus.deliver(device)
        return True
