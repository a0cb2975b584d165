"""A reader as a USB device for the preloaded libusb (fake_libusb.c), which says how they talk."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from struct import pack

from readers import CcidReader
from readers.usb import descriptors

from .pump import Pump

BUFFER = 1 << 17
SLOT = 5
STALL = -9
"""LIBUSB_ERROR_PIPE."""


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
        self._pump = Pump(reader, self._send_bulk, self._send_interrupt)

    @property
    def device_node(self) -> str:
        """Where the driver is told that the device is."""
        return f"/dev/bus/usb/{self.bus:03}/{self.address:03}"

    def open(self) -> None:
        """Let drivers find the device."""
        self._listener.bind(os.fspath(self._path))
        self._path.chmod(0o600)
        self._listener.listen(16)
        threading.Thread(target=self._accept, name=self._path.name, daemon=True).start()

    def close(self) -> None:
        """Unplug: every connection ends."""
        self._path.unlink(missing_ok=True)
        for sock in (self._listener, *self._connections.values()):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._pump.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        with contextlib.suppress(OSError):  # the driver has gone
            hello = sock.recv(2)
            kind = hello[:1].decode("latin-1")
            if kind in "CBI":
                self._connections[kind] = sock
            if kind == "D":
                _send(sock, self._descriptors())
            elif kind == "S":
                _send(sock, self._string(hello[1]))
            elif kind == "C":
                self._serve_control(sock)
            elif kind == "B":
                self._serve_bulk(sock)
                return
            else:
                return  # the interrupt endpoint only speaks
        sock.close()

    def _descriptors(self) -> bytes:
        model = self._reader.model
        return descriptors.device_descriptor(model) + descriptors.configuration_descriptor(model)

    def _string(self, index: int) -> bytes:
        return {int(k): v for k, v in descriptors.strings(self._reader.model).items()}.get(
            index, ""
        ).encode()

    def _serve_control(self, sock: socket.socket) -> None:
        while request := sock.recv(BUFFER):
            setup = descriptors.Setup.parse(request[:8])
            answer = self._control(setup)
            result = STALL if answer is None else len(answer)
            _send(sock, pack("<i", result) + (answer or b""))

    def _control(self, setup: descriptors.Setup) -> bytes | None:
        if (setup.bmRequestType, setup.bRequest) == (0x21, descriptors.ClassRequest.ABORT):
            self._reader.abort(setup.wValue & 0xFF, setup.wValue >> 8)
            return b""
        return descriptors.class_answer(self._reader.model, setup)

    def _serve_bulk(self, sock: socket.socket) -> None:
        self._pump.serve(lambda: self._heard(sock.recv(BUFFER)), sock.close)

    def _heard(self, message: bytes) -> bytes:
        """The driver opens slots one after another; its first word to the last one ends that."""
        if not self.opened.is_set() and message[SLOT : SLOT + 1] == self._last_slot:
            self.opened.set()
            self._tell_opened()
        return message

    def _send_bulk(self, message: bytes) -> None:
        if "B" in self._connections:  # else the driver has gone, and wants no answer
            _send(self._connections["B"], message)

    def _send_interrupt(self, message: bytes) -> None:
        if "I" in self._connections:
            _send(self._connections["I"], message)


def _send(sock: socket.socket, message: bytes) -> None:
    sock.send(b"\0" + message)
