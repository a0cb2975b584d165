"""One connection of the vpcd protocol: whole messages over TCP, each wait bounded."""

from __future__ import annotations

import contextlib
import select
import socket
import time

from .messages import Unframer, message

SEND_TIMEOUT_S = 10.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class PeerError(Exception):
    """The peer closed, was silent too long or broke the protocol; the message says which."""


class SilenceError(PeerError):
    """The peer kept silent for the time it was given; it may still speak."""


class Stream:
    """Messages over a connected socket, which it owns and which never blocks: a wait is a poll."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(0)
        self.socket = sock
        self._unframer = Unframer()
        self._incoming = select.poll()
        self._incoming.register(sock, select.POLLIN)

    def send(self, payload: bytes) -> None:
        """Send one message in one segment; PeerError if the peer is gone."""
        frame = message(payload)
        try:
            sent = self._sent(frame)
            if sent != len(frame):
                self._send_rest(memoryview(frame)[sent:])
        except OSError as error:
            raise PeerError(f"the peer is gone: {error}") from None

    def receive(self, timeout_s: float | None) -> bytes:
        """The next message; PeerError after `timeout_s` seconds (None: no limit) or at a close."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while (payload := self._unframer.next()) is None:
            self._read(None if end is None else end - time.monotonic())
        return payload

    def check_quiet(self) -> None:
        """PeerError if unexpected bytes have arrived."""
        try:
            data = self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            data = None
        except OSError as error:
            raise PeerError(f"the peer is gone: {error}") from None
        if data == b"":
            raise PeerError("the peer closed the connection")
        if data or not self._unframer.empty:
            raise PeerError("the peer sent bytes that nobody asked for")

    def hang_up(self) -> None:
        """End the connection; a thread in `receive` gets a PeerError. Any thread may call this."""
        with contextlib.suppress(OSError):  # it was not connected any more
            self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up and give the socket back; for the one thread that reads from it."""
        self.hang_up()
        self.socket.close()

    def _send_rest(self, rest: memoryview) -> None:
        """Send what found no room, as the peer reads."""
        room, end = select.poll(), time.monotonic() + SEND_TIMEOUT_S
        room.register(self.socket, select.POLLOUT)
        while rest:
            if not room.poll(max(0.0, end - time.monotonic()) * 1000):
                raise TimeoutError("it does not read")
            rest = rest[self._sent(rest) :]

    def _sent(self, data: bytes | memoryview) -> int:
        """How much of it was sent at once."""
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0

    def _read(self, timeout_s: float | None) -> None:
        if timeout_s is not None and timeout_s <= 0:
            raise SilenceError("the peer kept silent")
        try:
            # Debian's vpcd sends length and payload apart and waits for an acknowledgement in
            # between, which the kernel would hold back for 40 ms. It forgets the option at once.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            if not self._incoming.poll(None if timeout_s is None else timeout_s * 1000):
                raise SilenceError("the peer kept silent")
            data = self.socket.recv(65536)
        except BlockingIOError:
            return  # nothing after all
        except OSError as error:
            raise PeerError(f"the peer is gone: {error}") from None
        if not data:
            raise PeerError("the peer closed the connection")
        self._unframer.feed(data)


def listener(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 lets the system choose."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(4)
    except OSError as error:
        sock.close()
        raise OSError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    return sock
