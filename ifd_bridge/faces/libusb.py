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
from collections.abc import Callable
from pathlib import Path
from struct import pack

from readers import CcidReader
from readers.models.endpoint import INTERRUPT_IN
from readers.usb.device import Device, Stall
from readers.usb.setup import Setup, StandardRequest

from .pump import Pump

BUFFER = 1 << 17
SLOT = 5
WAITS = {b"w": 1, b"e": -1}
"""What the driver says of its waiting for an interrupt: that it begins, that it ends in vain."""
STALL = -9
"""LIBUSB_ERROR_PIPE."""
CONFIGURE = Setup(0, StandardRequest.SET_CONFIGURATION, 1)


class UsbFace:
    """One device in `directory`, at `address` (1..127) of bus 1, from `open` to `close`."""

    bus = 1

    def __init__(
        self,
        reader: CcidReader,
        directory: Path,
        address: int,
        opened: Callable[[], object] = bool,
    ) -> None:
        self._reader = reader
        self._path = directory / f"{self.bus:03}-{address:03}"
        self.address = address
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.opened = threading.Event()
        self._last_slot = bytes((reader.model.slots - 1,))
        self._tell_opened = opened
        self._connections: dict[str, socket.socket] = {}
        self._device = Device(reader, self._token_message)
        polled = all(one.address != INTERRUPT_IN.address for one in reader.model.endpoints)
        self._pump = Pump(reader, self._send_bulk, self._send_interrupt, polled=polled)

    @property
    def device_node(self) -> str:
        """The device node that the driver is given."""
        return f"/dev/bus/usb/{self.bus:03}/{self.address:03}"

    def open(self) -> None:
        """Let drivers find the device, configured as a kernel has done it before they come."""
        self._device.control(CONFIGURE)
        self._listener.bind(os.fspath(self._path))
        self._path.chmod(0o600)
        self._listener.listen(16)
        threading.Thread(target=self._accept, name=self._path.name, daemon=True).start()

    def close(self) -> None:
        """Unplug: every connection ends, and the reader loses its supply."""
        self._path.unlink(missing_ok=True)
        self._pump.close()
        for sock in (self._listener, *self._connections.values()):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._device.reset()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        with contextlib.suppress(OSError):  # the driver has gone
            kind = sock.recv(1).decode("latin-1")
            if kind == "C":
                self._serve_control(sock)
            elif kind == "B":
                self._connections[kind] = sock
                self._pump.serve(lambda: self._heard(sock.recv(BUFFER)), sock.close)
                return
            elif kind == "I":
                self._connections[kind] = sock
                self._pump.restart()
                while change := sock.recv(1):
                    self._pump.listening(WAITS[change])
                return  # `close` closes it
        sock.close()

    def _serve_control(self, sock: socket.socket) -> None:
        while request := sock.recv(BUFFER):
            try:
                with self._pump:
                    answer = self._device.control(Setup.parse(request[:8]), request[8:])
                _send(sock, pack("<i", len(answer)) + answer)
            except Stall:
                _send(sock, pack("<i", STALL))

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
        if self._device.token is not None:
            self._device.token.answered(message)
        elif "B" in self._connections:  # else the driver has gone, and wants no answer
            _send(self._connections["B"], message)

    def _send_interrupt(self, message: bytes) -> bool:
        if "I" not in self._connections:
            return False
        _send(self._connections["I"], message, socket.MSG_DONTWAIT)
        return True


def _send(sock: socket.socket, message: bytes, flags: int = 0) -> None:
    sock.send(b"\0" + message, flags)
