"""A reader as a USB device for a host somewhere else: one port, one host at a time.

The pump's guard surrounds everything that touches the device, so that there is one lock.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from ifd_bridge.system import threads
from readers import CcidReader
from readers.ccid.codes import SLOT, asks_for_time
from readers.models.endpoint import STANDARD
from readers.usb.descriptors import INTERRUPT_IN
from readers.usb.device import Device
from readers.usb.hid import HidInterface
from vcard.hid import HidFunction

from .bus_function import BusFunction
from .pump import Pump

MOST_MESSAGES = 64
"""Messages that may wait for the reader: CCID hosts send one a slot."""
PATIENCE_S, LONGEST_S = 0.06, 1.0
"""How long a card that moves waits for the host to look: a virtual machine may stand still.

The longer time is for one that has just looked, or that was slow to look at the last movement.
"""
HELD_S = 1.0
"""How long a movement is held back for a host that does not look at the one before: not all do."""
CLOSED = b""


class HostSession(Protocol):
    """The host that a device is attached to; called with the port's guard held."""

    name: str
    """The host's name, for people."""

    @property
    def wants_interrupt(self) -> bool:
        """True if an interrupt packet would reach it at once."""

    def deliver(self) -> None:
        """Send what transfers have ended with."""

    def hang_up(self) -> None:
        """Let the host lose the device."""


class UsbPort:
    """Reader and device; `changed` is called when a host comes, configures, or goes.

    `function` is what the device's card does on the bus beside its contacts, if anything.
    """

    def __init__(
        self,
        reader: CcidReader,
        changed: Callable[[], object] = bool,
        function: HidFunction | None = None,
    ) -> None:
        self.reader = reader
        self.model = reader.model
        self.plugged = True
        self.opened = threading.Event()
        """Set when a driver has spoken to the last slot; cleared when the device is reset."""
        self._changed = changed
        self._host: HostSession | None = None
        self._messages: queue.Queue[bytes] = queue.Queue()
        if reader.model.endpoints != STANDARD:
            raise ValueError(
                f"{reader.model.name!r} has endpoints of its own: --driver libccid and bridge drive"
                " it, a host on this bus needs bulk 01 and 82 and interrupt 83"
            )
        self._bus = (
            None if function is None else BusFunction(function, self._reports, failed=self._lost)
        )
        hid = None if self._bus is None else HidInterface(self._bus, time.monotonic)
        self.device = Device(reader, self._take, self._began, hid=hid)
        self.guard = Pump(
            reader,
            self._bulk,
            self._interrupt,
            patience_s=PATIENCE_S,
            longest_s=LONGEST_S,
            held_s=HELD_S,
        )
        threads.start(
            "usb-slot",
            partial(self.guard.serve, self._messages.get, self._lost),
            self._lost,
        )

    def _lost(self) -> None:
        """Let the host lose a device that nobody serves any more."""
        if self._host is not None:
            self._host.hang_up()

    @property
    def host(self) -> HostSession | None:
        """The host that the device is attached to."""
        return self._host

    @property
    def state(self) -> str:
        """The state shown to people: unplugged, waiting, attached or configured."""
        if not self.plugged:
            return "unplugged"
        if self._host is None:
            return "waiting"
        return "configured" if self.device.configuration else "attached"

    def attach(self, host: HostSession) -> bool:
        """Give the device to a host; False if another one has it, or if it is unplugged."""
        with self.guard:
            if self._host is not None or not self.plugged:
                return False
            self._host = host
            self.device.reset()
        return True

    def detach(self, host: HostSession) -> None:
        """Take note that a host has gone. Nothing happens if it did not have the device."""
        with self.guard:
            if self._host is not host:
                return
            self._host = None
            self.device.reset()

    def unplug(self) -> None:
        """Pull the device out; RuntimeError if it is out."""
        with self.guard:
            if not self.plugged:
                raise RuntimeError(f"{self.model.name!r} is not plugged in")
            self.plugged = False
            if self._host is not None:
                self._host.hang_up()
            self._host = None
            self.device.reset()

    def plug(self) -> None:
        """Plug the device in, so that a host can have it; RuntimeError if it is in."""
        if self.plugged:
            raise RuntimeError(f"{self.model.name!r} is plugged in already")
        self.plugged = True
        self._changed()

    def close(self) -> None:
        """End: the host loses the device."""
        with contextlib.suppress(RuntimeError):
            self.unplug()
        self.guard.close()
        self._messages.put(CLOSED)
        if self._bus is not None:
            self._bus.close()

    # What the device and the reader say

    def _take(self, message: bytes) -> bool:
        if self._messages.qsize() >= MOST_MESSAGES:
            return False
        self._messages.put(message)
        if not self.opened.is_set() and message[SLOT : SLOT + 1] == bytes((self.model.slots - 1,)):
            self.opened.set()
            self._changed()
        return True

    def _began(self, configuration: int) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._messages.get_nowait()
        self.opened.clear()
        if configuration:
            self.guard.restart()
        self._changed()

    def _bulk(self, message: bytes) -> None:
        pipe = self.device.bulk_in
        if not self.device.configuration or (asks_for_time(message) and pipe.waiting):
            return  # a host that fetches nothing is not told each second to wait on
        pipe.put(message)
        if self._host is not None:
            self._host.deliver()

    def _reports(self, reports: list[bytes]) -> None:
        with self.guard:
            hid = self.device.hid
            if hid is not None and self._host is not None and self.device.configuration:
                hid.put(reports)
                self._host.deliver()

    def _interrupt(self, message: bytes) -> bool:
        host = self._host
        if host is None or not self.device.works(INTERRUPT_IN) or not host.wants_interrupt:
            return False
        self.device.interrupt_in.put(message)
        host.deliver()
        return True
