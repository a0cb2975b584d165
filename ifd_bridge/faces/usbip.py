"""Readers as USB devices that a kernel attaches over USB/IP: Linux' vhci-hcd, usbip-win2.

USB/IP knows neither password nor encryption: the server listens on 127.0.0.1 unless it is told
otherwise.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

from ifd_bridge.system import threads
from ifd_bridge.system.sockets import Incoming
from readers.usb.device import Device, Stall
from readers.usb.setup import Setup

from . import usbip_frames as frames
from .outgoing import Outgoing
from .usb_port import UsbPort

BUFFER = 1 << 17
FIRST_WORD_S = 10.0
"""Time in seconds for a host to send its request."""
MOST_SESSIONS = 32
DIRECTION = 0x80


class Session:
    """One connection: URBs for a device that is attached."""

    def __init__(self, sock: socket.socket, name: str) -> None:
        self.name = name
        self._sock = sock
        self._out = Outgoing(sock)
        self._parser = frames.Parser()
        self._port: UsbPort | None = None

    # As the port's host

    def hears(self, device: Device) -> bool:
        """Return True while a transfer waits at the interrupt endpoint."""
        return device.interrupt_in.wanted > 0

    def deliver(self, device: Device) -> None:
        """Answer the transfers that have ended."""
        for pipe in device.pipes.values():
            for done in pipe.done():
                status = frames.EOVERFLOW if done.overflow else 0
                seqnum = cast("int", done.token)
                self._out.send(frames.submitted(seqnum, status, len(done.data), done.data))

    def hang_up(self) -> None:
        """End the connection: the host's virtual port is free again."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    # The connection

    def take(self, port: UsbPort) -> bool:
        """Attach to a port's device; False if another connection has it."""
        self._port = port
        self._parser.imported = port.attach(self)
        return self._parser.imported

    def answer(self, reply: bytes) -> None:
        """Send the answer to an operation."""
        self._out.send(reply)

    def items(self) -> Iterator[frames.Operation | frames.Urb | frames.Unlink]:
        """Yield the host's requests until it closes, or sends something that is not USB/IP."""
        with contextlib.suppress(OSError, ValueError):
            yield from self._parser.feed(b"")  # what came with the operation
            while data := self._sock.recv(BUFFER):
                yield from self._parser.feed(data)
                self._out.wait_for_room()

    def do(self, item: frames.Urb | frames.Unlink) -> None:
        """Serve a transfer, or cancel one."""
        port = self._port
        assert port is not None
        with port.guard:
            if isinstance(item, frames.Unlink):
                self._unlink(port, item)
                return
            try:
                self._transfer(port, item)
            except Stall:
                self._out.send(frames.submitted(item.seqnum, frames.EPIPE, 0))

    def serve(self) -> None:
        """Serve transfers until the host hangs up."""
        for item in self.items():
            if not isinstance(item, frames.Operation):
                self.do(item)

    def end(self) -> None:
        """Let the device go, and close the connection."""
        if self._port is not None:
            self._port.detach(self)
        self._out.close()
        self.hang_up()
        self._sock.close()

    def _transfer(self, port: UsbPort, urb: frames.Urb) -> None:
        endpoint = urb.endpoint
        if endpoint & ~DIRECTION == 0:
            data = port.control(Setup.parse(urb.setup), urb.data)
            length = len(data) if endpoint else urb.length
            self._out.send(frames.submitted(urb.seqnum, 0, length, data if endpoint else b""))
        elif endpoint & DIRECTION:
            function = port.at(endpoint)
            function.submit(endpoint, urb.seqnum, urb.length)
            self.deliver(function.device)
        else:
            port.at(endpoint).device.out(endpoint, urb.data)
            self._out.send(frames.submitted(urb.seqnum, 0, urb.length))

    def _unlink(self, port: UsbPort, item: frames.Unlink) -> None:
        waited = any(function.cancel(item.victim) for function in port.functions)
        self._out.send(frames.unlinked(item.seqnum, waited=waited))


class Server:
    """Exports ports, each to one host at a time, from `open` to `close`.

    `port` 0 takes any free TCP port; `address` says which one it was.
    """

    def __init__(
        self, ports: Sequence[UsbPort], address: str = "127.0.0.1", port: int = frames.PORT
    ) -> None:
        self._ports = tuple(ports)
        self._wanted = (address, port)
        self._listener: socket.socket | None = None
        self._sessions: set[Session] = set()

    @property
    def address(self) -> tuple[str, int]:
        """The address that the server listens on."""
        if self._listener is None:
            return self._wanted
        host, port = self._listener.getsockname()[:2]
        return host, port

    def open(self) -> None:
        """Listen; OSError if the address cannot be had."""
        family = socket.AF_INET6 if ":" in self._wanted[0] else socket.AF_INET
        self._listener = socket.create_server(self._wanted, family=family)
        threads.start("usbip", self._accept, self.close)

    def close(self) -> None:
        """Hang up on everybody. Harmless a second time."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for session in tuple(self._sessions):
            session.hang_up()

    def exported(self) -> list[frames.Exported]:
        """Return the devices that can be attached."""
        return [
            frames.Exported(number, port.models, port.configuration, hid=port.hid is not None)
            for number, port in enumerate(self._ports)
            if port.plugged
        ]

    def _accept(self) -> None:
        assert self._listener is not None
        Incoming(self._listener).serve(self._begin)

    def _begin(self, sock: socket.socket, peer: tuple[str, int]) -> None:
        if len(self._sessions) >= MOST_SESSIONS:
            sock.close()
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = Session(sock, f"{peer[0]}:{peer[1]}")
        self._sessions.add(session)
        end = partial(self._end, session)
        threads.start("usbip-host", partial(self._serve, session, sock), end)

    def _serve(self, session: Session, sock: socket.socket) -> None:
        try:
            sock.settimeout(FIRST_WORD_S)
            first = next(session.items(), None)
            sock.settimeout(None)
            if isinstance(first, frames.Operation) and self._operate(session, first):
                session.serve()
        finally:
            self._end(session)

    def _end(self, session: Session) -> None:
        self._sessions.discard(session)
        session.end()

    def _operate(self, session: Session, wanted: frames.Operation) -> bool:
        """Answer an operation; True if URBs follow."""
        devices = self.exported()
        if wanted.code == frames.REQ_DEVLIST:
            session.answer(frames.device_list(devices))
            return False
        device = next((each for each in devices if each.busid == wanted.busid), None)
        if device is None:
            session.answer(frames.import_reply(frames.Status.NO_DEVICE))
            return False
        if not session.take(self._ports[device.number]):
            session.answer(frames.import_reply(frames.Status.DEVICE_BUSY))
            return False
        session.answer(frames.import_reply(frames.Status.OK, device))
        return True
