"""A reader as a USB device for the preloaded libusb (fake_libusb.c has the protocol).

Each endpoint has a connection of its own (SOCK_SEQPACKET): a packet is one message, the end of the
connection is the unplugging. A leading byte tells an empty packet from the end. The descriptors are
bytes made here, so that odd ones can be tried.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from struct import pack

from ifd_bridge.system import threads
from ifd_bridge.system.sockets import Incoming, gone, hang_up
from readers import CcidReader
from readers.models import Model
from readers.models.model import INTERRUPT_IN
from readers.usb.composite import addressed
from readers.usb.device import Device, Stall
from readers.usb.setup import Setup, StandardRequest

from .pump import Pump

BUFFER = 1 << 17
SLOT, SETUP_SIZE = 5, 8
WAITS = {b"w": 1, b"e": -1}
"""The driver's messages about its wait for an interrupt: it begins, it ends without one."""
STALL = -9
"""LIBUSB_ERROR_PIPE."""
CONFIGURE = Setup(0, StandardRequest.SET_CONFIGURATION, 1)


class Function:
    """A reader as an interface of a device: its pump, and the connections to its endpoints.

    `beside` are the models of all interfaces, where there are several.
    """

    def __init__(
        self, reader: CcidReader, opened: Callable[[], object], beside: Sequence[Model] = ()
    ) -> None:
        self._reader = reader
        self.number = reader.model.interface_number
        self.opened = threading.Event()
        self._last_slot = bytes((reader.model.slots - 1,))
        self._tell_opened = opened
        self._connections: dict[str, socket.socket] = {}
        self.device = Device(reader, self._token_message, beside=beside)
        polled = all(one.address != INTERRUPT_IN.address for one in reader.model.endpoints)
        self.pump = Pump(reader, self._send_bulk, self._send_interrupt, polled=polled)

    def close(self) -> None:
        """Hang up on the driver."""
        self.pump.close()
        for sock in self._connections.values():
            hang_up(sock)

    def control(self, setup: Setup, data: bytes) -> bytes:
        """Answer a control transfer; Stall if it is refused."""
        with self.pump:
            return self.device.control(setup, data)

    def claimed(self, endpoint: str) -> bool:
        """Whether a driver that is still there has an endpoint, `B` or `I`: nobody else gets it."""
        sock = self._connections.get(endpoint)
        return sock is not None and not gone(sock)

    def serve_bulk(self, sock: socket.socket) -> None:
        """Serve the bulk endpoints until the driver has gone."""
        self._connections["B"] = sock
        self.pump.serve(lambda: self._heard(sock.recv(BUFFER)), partial(hang_up, sock))

    def serve_interrupt(self, sock: socket.socket) -> None:
        """Serve the interrupt endpoint; `close` closes it."""
        self._connections["I"] = sock
        self.pump.restart()
        while change := sock.recv(1):
            self.pump.listening(WAITS.get(change, 0))

    def _token_message(self, message: bytes) -> bool:
        """A message of a token that has control transfers only, inside the pump's guard."""
        self._reader.handle(message, time.monotonic())
        self._note_opened()
        return True

    def _heard(self, message: bytes) -> bytes:
        """Note a message of the driver.

        It opens slots in order, so its first message to the last slot means that all are open.
        """
        if message[SLOT : SLOT + 1] == self._last_slot:
            self._note_opened()
        return message

    def _note_opened(self) -> None:
        if not self.opened.is_set():
            self.opened.set()
            self._tell_opened()

    def _send_bulk(self, message: bytes) -> None:
        if self.device.token is not None and self.device.token.pending:
            self.device.token.answered(message)
        elif "B" in self._connections:  # else the driver has gone, and wants no answer
            _send(self._connections["B"], message, socket.MSG_DONTWAIT)

    def _send_interrupt(self, message: bytes) -> bool:
        if "I" not in self._connections:
            return False
        _send(self._connections["I"], message, socket.MSG_DONTWAIT)
        return True


ENDPOINTS: Mapping[str, Callable[[Function, socket.socket], None]] = {
    "B": Function.serve_bulk,
    "I": Function.serve_interrupt,
}
"""The handler of the endpoints that a connection begins with."""


class UsbFace:
    """One device in `directory`, at `address` (1..127) of bus 1, from `open` to `close`.

    `others` are the readers of its further interfaces.
    """

    bus = 1

    def __init__(
        self,
        reader: CcidReader,
        directory: Path,
        address: int,
        opened: Callable[[], object] = bool,
        others: Sequence[CcidReader] = (),
    ) -> None:
        readers = (reader, *others)
        beside = [one.model for one in readers] if others else ()
        self.functions = [Function(one, opened, beside) for one in readers]
        self._devices = [one.device for one in self.functions]
        self._path = directory / f"{self.bus:03}-{address:03}"
        self.address = address
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.closed = False

    @property
    def device_node(self) -> str:
        """The device node that the driver is given."""
        return f"/dev/bus/usb/{self.bus:03}/{self.address:03}"

    @property
    def opened(self) -> threading.Event:
        """Set when a driver has opened the last interface."""
        waiting = (one.opened for one in self.functions if not one.opened.is_set())
        return next(waiting, self.functions[-1].opened)

    def open(self) -> None:
        """Let drivers find the device, configured as a kernel has done it before they come."""
        self._control(CONFIGURE, b"")
        self._listener.bind(os.fspath(self._path))
        self._path.chmod(0o600)
        self._listener.listen(16)
        threads.start(self._path.name, self._accept, self.close)

    def close(self) -> None:
        """Unplug: every connection ends, and the readers lose their supply."""
        self.closed = True
        self._path.unlink(missing_ok=True)
        for one in self.functions:
            one.pump.close()
        hang_up(self._listener)
        for one in self.functions:
            one.close()
            one.device.reset()

    def _accept(self) -> None:
        Incoming(self._listener).serve(self._begin)

    def _begin(self, sock: socket.socket, _: object) -> None:
        threads.start("vcard-usb", partial(self._serve, sock), partial(hang_up, sock))

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        with contextlib.suppress(OSError):  # the driver has gone
            hello = sock.recv(2)
            if hello == b"C":
                self._serve_control(sock)
            elif function := self._function(hello[1:]):
                endpoint = hello[:1].decode("latin-1")
                if endpoint in ENDPOINTS and not function.claimed(endpoint):
                    ENDPOINTS[endpoint](function, sock)
                    return
        sock.close()

    def _function(self, number: bytes) -> Function | None:
        return next((one for one in self.functions if number == bytes((one.number,))), None)

    def _serve_control(self, sock: socket.socket) -> None:
        while len(request := sock.recv(BUFFER)) >= SETUP_SIZE:
            try:
                answer = self._control(Setup.parse(request[:8]), request[8:])
                _send(sock, pack("<i", len(answer)) + answer)
            except Stall:
                _send(sock, pack("<i", STALL))

    def _control(self, setup: Setup, data: bytes) -> bytes:
        meant = addressed(self._devices, setup)
        answers = [one.control(setup, data) for one in self.functions if one.device in meant]
        return answers[0]


def _send(sock: socket.socket, message: bytes, flags: int = 0) -> None:
    sock.send(b"\0" + message, flags)
