"""A USB device whose interfaces are readers, for a host somewhere else: one host at a time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Protocol

from readers import CcidReader
from readers.usb.composite import addressed
from readers.usb.device import Device, Stall
from readers.usb.hid import HidInterface
from readers.usb.setup import Setup
from vcard.hid import HidFunction

from .bus_function import BusFunction
from .usb_function import UsbFunction


class HostSession(Protocol):
    """The host that a device is attached to; called with the guard of what it is about held."""

    name: str
    """The host's name, for people."""

    def hears(self, device: Device) -> bool:
        """Return True if an interrupt packet of this interface would reach it at once."""

    def deliver(self, device: Device) -> None:
        """Send what transfers of this interface have ended with."""

    def hang_up(self) -> None:
        """Let the host lose the device."""


class UsbPort:
    """Readers and their device; `changed` is called when a host comes, configures, or goes.

    `others` are the readers of further interfaces. `function` is what the device's card does on the
    bus beside its contacts, if anything: ValueError if there are other readers as well.
    """

    def __init__(
        self,
        reader: CcidReader,
        changed: Callable[[], object] = bool,
        function: HidFunction | None = None,
        others: Sequence[CcidReader] = (),
    ) -> None:
        if function is not None and others:
            raise ValueError(f"{reader.model.name!r} is a security key: it has no reader beside it")
        readers = (reader, *others)
        self.models = [each.model for each in readers]
        self.plugged = True
        self._tell_changed = changed
        self._host: HostSession | None = None
        self._bus = (
            None if function is None else BusFunction(function, self._reports, failed=self.lost)
        )
        self.hid = None if self._bus is None else HidInterface(self._bus, time.monotonic)
        beside = self.models if others else ()
        self.functions = [UsbFunction(each, self, self.hid, beside) for each in readers]
        self.devices = [each.device for each in self.functions]
        """The interfaces as their bus sees them."""

    @property
    def guard(self) -> AbstractContextManager[object]:
        """The guards to hold for access to the device: those of all readers, in order."""
        return self.functions[0].guard if len(self.functions) == 1 else self._guards()

    @contextmanager
    def _guards(self) -> Iterator[None]:
        with ExitStack() as entered:
            for each in self.functions:
                entered.enter_context(each.guard)
            yield

    @property
    def host(self) -> HostSession | None:
        """The host that the device is attached to."""
        return self._host

    @property
    def configuration(self) -> int:
        """Return bConfigurationValue; 0 before the host has chosen one."""
        return self.devices[0].configuration

    @property
    def opened(self) -> threading.Event:
        """Set when a driver has opened the last interface."""
        waiting = (each.opened for each in self.functions if not each.opened.is_set())
        return next(waiting, self.functions[-1].opened)

    @property
    def state(self) -> str:
        """The state shown to people: unplugged, waiting, attached or configured."""
        if not self.plugged:
            return "unplugged"
        if self._host is None:
            return "waiting"
        return "configured" if self.configuration else "attached"

    # What its host does, with the guard held

    def control(self, setup: Setup, data: bytes = b"") -> bytes:
        """Answer a control transfer; Stall if it is refused."""
        answers = [one.control(setup, data) for one in addressed(self.devices, setup)]
        return answers[0]

    def at(self, endpoint: int) -> UsbFunction:
        """The interface that an endpoint belongs to; Stall if there is none."""
        for each in self.functions:
            if each.device.has_endpoint(endpoint):
                return each
        raise Stall

    def reset(self) -> None:
        """Reset the device: the cards of all readers lose power."""
        for device in self.devices:
            device.reset()

    # Plugs

    def attach(self, host: HostSession) -> bool:
        """Give the device to a host; False if another one has it, or if it is unplugged."""
        with self.guard:
            if self._host is not None or not self.plugged:
                return False
            self._host = host
            self.reset()
        return True

    def detach(self, host: HostSession) -> None:
        """Take note that a host has gone. Nothing happens if it did not have the device."""
        with self.guard:
            if self._host is not host:
                return
            self._host = None
            self.reset()

    def unplug(self) -> None:
        """Pull the device out; RuntimeError if it is out."""
        with self.guard:
            if not self.plugged:
                raise RuntimeError(f"{self.models[0].name!r} is not plugged in")
            self.plugged = False
            self.lost()
            self._host = None
            self.reset()

    def plug(self) -> None:
        """Plug the device in, so that a host can have it; RuntimeError if it is in."""
        if self.plugged:
            raise RuntimeError(f"{self.models[0].name!r} is plugged in already")
        self.plugged = True
        self.changed()

    def close(self) -> None:
        """End: the host loses the device."""
        with contextlib.suppress(RuntimeError):
            self.unplug()
        for each in self.functions:
            each.close()
        if self._bus is not None:
            self._bus.close()

    # What its interfaces say: see usb_function.Bus

    def hears(self, device: Device) -> bool:
        """Return True if an interrupt packet of this interface would reach the host at once."""
        return self._host is not None and self._host.hears(device)

    def deliver(self, device: Device) -> None:
        """Let the host have what transfers of this interface have ended with."""
        if self._host is not None:
            self._host.deliver(device)

    def changed(self) -> None:
        """Tell who wants to know that the state is new."""
        self._tell_changed()

    def lost(self) -> None:
        """Let the host lose the device."""
        if self._host is not None:
            self._host.hang_up()

    def _reports(self, reports: list[bytes]) -> None:
        """Give reports of the card's function to a host that has configured the device."""
        with self.guard:
            if self.hid is not None and self._host is not None and self.configuration:
                self.hid.put(reports)
                self.deliver(self.devices[0])
