"""A reader as a USB device at a unix socket, for QEMU's usb-redir, libvirt and SPICE."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

from ifd_bridge.system import threads
from ifd_bridge.system.sockets import Incoming, gone
from readers.usb.device import Device, Stall
from readers.usb.pipes import InPipe
from readers.usb.setup import Setup, StandardRequest

from . import usbredir_frames as frames
from .outgoing import Outgoing
from .usb_port import UsbPort
from .usbredir_frames import Cap, Status, Type

BUFFER = 1 << 17
DIRECTION = 0x80
LAST_S = 1.0
"""Time in seconds for a guest that has hung up to let the device go, before another one may come.
"""


class Session:
    """One connection to a guest, which has one device at most."""

    def __init__(self, port: UsbPort, sock: socket.socket) -> None:
        self.name = peer(sock)
        self._port, self._sock = port, sock
        self._parser = frames.Parser()
        self._out = Outgoing(sock, self._drained)
        self._over = threading.Event()
        self._listening: set[int] = set()
        """The interrupt endpoints that the guest receives from."""

    # As the port's host

    def hears(self, device: Device) -> bool:
        """Return True while the guest receives its interrupts, and takes what it is sent."""
        return device.interrupt in self._listening and self._out.idle

    def deliver(self, device: Device) -> None:
        """Send what transfers have ended with; interrupts as they come."""
        for endpoint, pipe in device.pipes.items():
            if pipe is device.bulk_in:
                self._transfers(pipe, endpoint)
            elif endpoint in self._listening:
                self._interrupts(pipe, endpoint)

    def _transfers(self, pipe: InPipe, endpoint: int) -> None:
        for done in pipe.done():
            status = Status.BABBLE if done.overflow else Status.SUCCESS
            self._bulk(cast("int", done.token), endpoint, status, len(done.data), done.data)

    def _interrupts(self, pipe: InPipe, endpoint: int) -> None:
        while pipe.waiting:
            pipe.submit(0, pipe.packet_size)
            for done in pipe.done():
                head = frames.INTERRUPT.pack(endpoint, Status.SUCCESS, len(done.data))
                self._send(Type.INTERRUPT_PACKET, 0, head + done.data)

    def hang_up(self) -> None:
        """Tell the guest that the device is gone; the connection stays."""
        self._listening.clear()
        self._send(Type.DEVICE_DISCONNECT)

    # The connection

    def run(self) -> None:
        """Serve until the guest hangs up, or says what is no usbredir."""
        self._out.send(frames.hello())
        try:
            with contextlib.suppress(OSError, ValueError):
                while data := self._sock.recv(BUFFER):
                    for message in self._parser.feed(data):
                        with self._port.guard:
                            self._do(message)
                    self._out.wait_for_room()
        finally:
            with self._port.guard:  # whoever plugs it in just now gives it to nobody who has gone
                self._over.set()
                self._port.detach(self)
            self._out.close()
            self.end()
            self._sock.close()

    def ends(self) -> bool:
        """Whether the guest has hung up; waits until it has let the device go."""
        return gone(self._sock) and self._over.wait(LAST_S)

    def end(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Give the device to the guest, if it has greeted and the device is plugged in."""
        with self._port.guard:
            greeted = self._parser.caps is not None and not self._over.is_set()
            if not greeted or not self._port.attach(self):
                return
            self._tell_endpoints()
            version = self._parser.has(Cap.DEVICE_VERSION)
            body = frames.device_connect(self._port.models[0], version=version)
            self._send(Type.DEVICE_CONNECT, 0, body)

    def _drained(self) -> None:
        with self._port.guard:
            pass  # leaving the guard offers what could not be sent

    def _tell_endpoints(self) -> None:
        models, hid = self._port.models, self._port.hid is not None
        self._send(Type.INTERFACE_INFO, 0, frames.interface_info(models, hid=hid))
        sizes = self._parser.has(Cap.MAX_PACKET_SIZE)
        self._send(Type.EP_INFO, 0, frames.endpoint_info(models, sizes=sizes, hid=hid))

    def _send(self, kind: Type, token: int = 0, body: bytes = b"") -> None:
        self._out.send(self._parser.pack(kind, token, body))

    # What the guest says

    def _do(self, message: frames.Message) -> None:
        if message.type is Type.HELLO:
            self.name += f" ({self._parser.version})" if self._parser.version else ""
            self.connect()
        elif self._port.host is self and (handler := _HANDLERS.get(message.type)):
            handler(self, message.token, message.body)

    def _reset(self, _token: int, _body: bytes) -> None:
        self._listening.clear()
        self._port.reset()

    def _control(self, token: int, body: bytes) -> None:
        endpoint, request, kind, _, value, index, length = frames.CONTROL.unpack_from(body)
        written = body[frames.CONTROL.size :]
        status, data = self._ask(Setup(kind, request, value, index, length), written)
        moved = len(data) if endpoint & DIRECTION or status else length
        head = frames.CONTROL.pack(endpoint, request, kind, status, value, index, moved)
        self._send(Type.CONTROL_PACKET, token, head + data)

    def _ask(self, setup: Setup, data: bytes = b"") -> tuple[Status, bytes]:
        try:
            return Status.SUCCESS, self._port.control(setup, data)
        except Stall:
            return Status.STALL, b""

    def _set_configuration(self, token: int, body: bytes) -> None:
        status, _ = self._ask(Setup(0, StandardRequest.SET_CONFIGURATION, body[0]))
        self._tell_endpoints()
        self._configuration(token, status)

    def _get_configuration(self, token: int, _body: bytes) -> None:
        self._configuration(token, Status.SUCCESS)

    def _configuration(self, token: int, status: Status) -> None:
        answer = bytes((status, self._port.configuration))
        self._send(Type.CONFIGURATION_STATUS, token, answer)

    def _set_alt_setting(self, token: int, body: bytes) -> None:
        status, _ = self._ask(Setup(1, StandardRequest.SET_INTERFACE, body[1], body[0]))
        self._send(Type.ALT_SETTING_STATUS, token, bytes((status, body[0], 0)))

    def _get_alt_setting(self, token: int, body: bytes) -> None:
        status, _ = self._ask(Setup(0x81, StandardRequest.GET_INTERFACE, 0, body[0], 1))
        self._send(Type.ALT_SETTING_STATUS, token, bytes((status, body[0], 0)))

    def _start_interrupts(self, token: int, body: bytes) -> None:
        endpoint = body[0]
        device = self._receiving(endpoint)
        status = Status.STALL if device is None else Status.SUCCESS
        self._send(Type.INTERRUPT_RECEIVING_STATUS, token, bytes((status, endpoint)))
        if device is not None:
            self._listening.add(endpoint)
            self.deliver(device)

    def _receiving(self, endpoint: int) -> Device | None:
        """Return the interface of an interrupt endpoint that works; None if it is no such one."""
        for device in self._port.devices:
            pipe = device.pipes.get(endpoint)
            if pipe is not None and pipe is not device.bulk_in and device.works(endpoint):
                return device
        return None

    def _stop_interrupts(self, token: int, body: bytes) -> None:
        self._listening.discard(body[0])
        self._send(Type.INTERRUPT_RECEIVING_STATUS, token, bytes((Status.SUCCESS, body[0])))

    def _bulk_packet(self, token: int, body: bytes) -> None:
        bulk = self._parser.bulk(body)
        try:
            device = self._port.at(bulk.endpoint).device
            if bulk.endpoint & DIRECTION:
                device.submit(bulk.endpoint, token, min(bulk.length, frames.LONGEST))
                self.deliver(device)
            else:
                device.out(bulk.endpoint, bulk.data)
                self._bulk(token, bulk.endpoint, Status.SUCCESS, bulk.length)
        except Stall:
            self._bulk(token, bulk.endpoint, Status.STALL, 0)

    def _interrupt_packet(self, token: int, body: bytes) -> None:
        """A report of the guest."""
        endpoint, _, length = frames.INTERRUPT.unpack_from(body)
        status = Status.SUCCESS
        try:
            self._port.at(endpoint).device.out(endpoint, body[frames.INTERRUPT.size :])
        except Stall:
            status, length = Status.STALL, 0
        self._send(Type.INTERRUPT_PACKET, token, frames.INTERRUPT.pack(endpoint, status, length))

    def _cancel(self, token: int, _body: bytes) -> None:
        """Answer a transfer that waits; one that has ended is not answered again."""
        for device in self._port.devices:
            for endpoint, pipe in device.pipes.items():
                if pipe.cancel(token):
                    self._bulk(token, endpoint, Status.CANCELLED, 0)
                    return

    def _bulk(
        self, token: int, endpoint: int, status: Status, length: int, data: bytes = b""
    ) -> None:
        self._out.send(self._parser.pack_bulk(token, frames.Bulk(endpoint, status, length, data)))


_HANDLERS: dict[Type, Callable[[Session, int, bytes], None]] = {
    Type.RESET: Session._reset,
    Type.SET_CONFIGURATION: Session._set_configuration,
    Type.GET_CONFIGURATION: Session._get_configuration,
    Type.SET_ALT_SETTING: Session._set_alt_setting,
    Type.GET_ALT_SETTING: Session._get_alt_setting,
    Type.START_INTERRUPT_RECEIVING: Session._start_interrupts,
    Type.STOP_INTERRUPT_RECEIVING: Session._stop_interrupts,
    Type.CANCEL_DATA_PACKET: Session._cancel,
    Type.CONTROL_PACKET: Session._control,
    Type.BULK_PACKET: Session._bulk_packet,
    Type.INTERRUPT_PACKET: Session._interrupt_packet,
}
"""The handler of each message; the others (filters, acknowledgements) need none."""


class Listener:
    """A port at a unix socket (0600), for one guest at a time: another one is hung up on."""

    def __init__(self, port: UsbPort, path: Path) -> None:
        self.port = port
        self.path = path
        self._listener = socket.socket(socket.AF_UNIX)
        self._session: Session | None = None

    def open(self) -> None:
        """Listen; OSError if the path cannot be had. What was left of a dead server is replaced."""
        if self.path.is_socket() and not _answers(self.path):
            self.path.unlink()
        os.fchmod(self._listener.fileno(), 0o600)  # before others can connect
        self._listener.bind(os.fspath(self.path))
        self._listener.listen(16)
        threads.start("usbredir", self._accept, self.close)

    def close(self) -> None:
        """Hang up. Harmless a second time."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.path.unlink(missing_ok=True)
        if self._session is not None:
            self._session.end()

    def plugged(self) -> None:
        """Tell a guest that waits that the device is there."""
        if self._session is not None:
            self._session.connect()

    def _accept(self) -> None:
        Incoming(self._listener).serve(self._begin)

    def _begin(self, sock: socket.socket, _: object) -> None:
        if self._session is not None and not self._session.ends():
            sock.close()
            return
        self._session = session = Session(self.port, sock)
        end = partial(self._end, session)
        threads.start("usbredir-guest", partial(self._serve, session), end)

    def _serve(self, session: Session) -> None:
        try:
            session.run()
        finally:
            self._end(session)

    def _end(self, session: Session) -> None:
        session.end()
        if self._session is session:
            self._session = None


def peer(sock: socket.socket) -> str:
    """The program at the other end of a unix socket."""
    raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid = struct.unpack("3i", raw)[0]
    with contextlib.suppress(OSError):
        name = Path(f"/proc/{pid}/comm").read_bytes().strip().decode(errors="replace")
        shown = "".join(char if char.isprintable() else "?" for char in name)
        return f"{shown}, process {pid}"
    return f"process {pid}"


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(os.fspath(path)) == 0
