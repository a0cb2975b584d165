"""A reader on a serial line, with the framing of the GemPC Twin.

A frame is SYNC (03), ACK (06), a CCID message and the exclusive-or of all these. Readers of this
family echo each frame before they answer it; slot changes stand between frames. A serial line has
no descriptor: the driver knows the reader by the device's name, at TPDU level, and it cannot be
unplugged.
"""

from __future__ import annotations

import contextlib
import os
import pty
import threading
import tty
from collections.abc import Callable, Iterator

from ifd_bridge.system import threads
from ifd_bridge.system.sockets import ready
from readers import CcidReader
from readers.ccid.codes import HEADER_SIZE, IccStatus, MessageType
from vcard.exclusive_or import exclusive_or

from .pump import Pump

SYNC, ACK, NAK = 0x03, 0x06, 0x15
ECHOING = frozenset({"GemPCTwin", "GemPCPinPad"})
START_UP = {
    b"\x02": b"GemTwR1-V1.21-vcard",  # firmware
    b"\x01\x01\x01": b"",  # tell slot changes at once
    b"\x01\x10\x20": b"",  # speed
    b"\xb2\xa0\x00": b"",  # the texts for the display
}
"""The requests without whose answers the driver refuses a serial reader, whatever its model."""

MAX_ECHO = 30
"""The driver reads an echo into the room of the answer that it expects."""


def frame(message: bytes) -> bytes:
    """A CCID message as a frame."""
    body = bytes((SYNC, ACK)) + message
    return body + bytes((exclusive_or(body),))


class Unframer:
    """Cuts what the driver writes into messages; what is wrong is answered with a NAK."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes | None]:
        """The messages that are whole now; None stands for a frame with a wrong LRC."""
        self._buffer += data
        found: list[bytes | None] = []
        while (size := self._next_size()) is not None and len(self._buffer) >= size:
            body, lrc = bytes(self._buffer[: size - 1]), self._buffer[size - 1]
            del self._buffer[:size]
            found.append(body[2:] if exclusive_or(body) == lrc else None)
        return found

    def _next_size(self) -> int | None:
        """The length of the frame at the front; bytes that begin none are skipped."""
        while self._buffer and self._buffer[0] != SYNC:
            del self._buffer[0]
        if len(self._buffer) < 2 + HEADER_SIZE:
            return None
        return 2 + HEADER_SIZE + int.from_bytes(self._buffer[3:7], "little") + 1


class SerialFace:
    """A pseudo terminal with the reader behind it; `terminal` is what the driver opens."""

    def __init__(
        self, reader: CcidReader, device: str, opened: Callable[[], object] = bool
    ) -> None:
        self._reader = reader
        self._known = reader.model.escapes
        self._echoes = device in ECHOING
        self._master, self._slave = pty.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        self.terminal = os.ttyname(self._slave)
        self.opened = threading.Event()
        self._tell_opened = opened
        self._wake = os.eventfd(0)
        self._closed = False
        self._hung_up = threading.Lock()
        self._unframer = Unframer()
        self._pump = Pump(reader, self._send, self._send_slot_change, polled=True)

    def open(self) -> None:
        """Begin to answer."""
        threads.start(f"serial {self.terminal}", self._run, self._ended)

    def close(self) -> None:
        """Stop; the driver sees a line that is dead, the reader loses its supply."""
        if self._closed:
            return  # the descriptors may belong to other files now
        self._closed = True
        self._pump.close()
        self._reader.reset()
        with contextlib.suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        messages = self._messages()
        self._pump.serve(lambda: next(messages, b""), self._ended)

    def _ended(self) -> None:
        """Hang up, once; a thread that still waits for the driver leaves the line first."""
        if not self._hung_up.acquire(blocking=False):
            return  # the descriptors may belong to other files now
        self._closed = True
        os.eventfd_write(self._wake, 1)
        for descriptor in (self._master, self._slave, self._wake):
            os.close(descriptor)

    def _messages(self) -> Iterator[bytes]:
        """The messages that are for the reader; what the line itself answers is answered."""
        while not self._closed and self._wake not in ready(self._master, self._wake):
            for message in self._unframer.feed(os.read(self._master, 4096)):
                if message is None:
                    os.write(self._master, bytes((SYNC, NAK, SYNC ^ NAK)))
                elif not self._is_answered(message):
                    yield message

    def _is_answered(self, message: bytes) -> bool:
        if not self.opened.is_set():
            self.opened.set()
            self._tell_opened()
        if self._echoes:
            os.write(self._master, frame(_echo(message)))
        answer = self._start_up(message)
        if answer is not None:
            self._send(answer)
        return answer is not None

    def _start_up(self, message: bytes) -> bytes | None:
        """The answer of the line's own firmware; None if the message is for the reader."""
        if message[0] != MessageType.PC_to_RDR_Escape:
            return None
        data = START_UP.get(message[HEADER_SIZE : HEADER_SIZE + 3])
        if data is None or any(message[HEADER_SIZE:].startswith(ask) for ask, _ in self._known):
            return None
        head = bytes((MessageType.RDR_to_PC_Escape,)) + len(data).to_bytes(4, "little")
        status = bytes((IccStatus.ABSENT, 0, 0))  # which the driver does not look at
        return head + message[5:7] + status + data

    def _send(self, message: bytes) -> None:
        os.write(self._master, frame(message))

    def _send_slot_change(self, message: bytes) -> bool:
        os.write(self._master, message[:2])
        return True


def _echo(message: bytes) -> bytes:
    """The message itself, or its header alone where the driver has no room for it."""
    if len(message) <= MAX_ECHO:
        return message
    return message[:1] + bytes(4) + message[5:HEADER_SIZE]
