"""The endpoints of a USB device, packet by packet.

A transfer ends when it is full, or with a packet shorter than wMaxPacketSize. Host controllers cut
a transfer as they like (UHCI into 64 bytes, libusb into 16 KiB), so that only packets tell where a
message ends.

Spec: USB 2.0, 5.8.3 (bulk transfers), 5.7.3 (interrupt transfers).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from ..ccid.codes import HEADER_SIZE

LENGTH = slice(1, 5)
"""Position of dwLength in a message."""


@dataclass(slots=True)
class Transfer:
    """A read request of the host: at most `room` bytes."""

    token: Hashable
    room: int
    data: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class Done:
    """A transfer that has ended; `overflow` means that a packet did not fit (babble)."""

    token: Hashable
    data: bytes
    overflow: bool = False


class InPipe:
    """An IN endpoint: packets that wait for the host, and transfers that wait for packets."""

    def __init__(self, packet_size: int, longest: int | None = None) -> None:
        self.packet_size = packet_size
        self._longest = longest
        self._packets: deque[bytes] = deque()
        self._transfers: deque[Transfer] = deque()
        self.waiting = 0
        """The number of bytes that the host has not fetched yet."""

    def put(self, message: bytes) -> None:
        """Queue a message of the device. An empty one is a packet of its own.

        A message that fills its last packet is followed by an empty packet, as the host would wait
        for more; except one of the longest size that there is: it fills the host's transfer.
        """
        size = self.packet_size
        self._packets.extend(message[at : at + size] for at in range(0, len(message), size))
        if len(message) % size == 0 and (not message or len(message) != self._longest):
            self._packets.append(b"")
        self.waiting += len(message)

    def submit(self, token: Hashable, room: int) -> None:
        """Take the host's request for up to `room` bytes."""
        self._transfers.append(Transfer(token, room))

    def cancel(self, token: Hashable) -> bool:
        """Forget a transfer; False if it does not wait (any more).

        Packets that it held already are lost, as they are on a bus.
        """
        for transfer in self._transfers:
            if transfer.token == token:
                self._transfers.remove(transfer)
                return True
        return False

    def flush(self) -> list[Hashable]:
        """Forget all packets and transfers; the tokens of the transfers."""
        tokens = [transfer.token for transfer in self._transfers]
        self._packets.clear()
        self._transfers.clear()
        self.waiting = 0
        return tokens

    def done(self) -> Iterator[Done]:
        """The transfers that packets have ended, in order."""
        while self._transfers and self._packets:
            transfer = self._transfers[0]
            packet = self._packets.popleft()
            self.waiting -= len(packet)
            left = transfer.room - len(transfer.data)
            transfer.data += packet[:left]
            if len(packet) > left or len(packet) < self.packet_size or left == len(packet):
                self._transfers.popleft()
                yield Done(transfer.token, bytes(transfer.data), overflow=len(packet) > left)

    @property
    def wanted(self) -> int:
        """The number of waiting transfers."""
        return len(self._transfers)


class OutPipe:
    """The bulk-OUT endpoint: puts CCID messages together again.

    `longest` bounds what is kept of a message; what is beyond that is dropped, so that the message
    reaches the reader with a dwLength that it refuses.
    """

    def __init__(self, packet_size: int, longest: int) -> None:
        self._size = packet_size
        self._longest = longest
        self._message = bytearray()

    def feed(self, data: bytes) -> bytes | None:
        """Take what the host sent in one piece; return the message that it ends, if any.

        A short packet ends it, and the last byte that dwLength announces ends it as well, as
        libccid sends no empty packet after a message that fills its last one.
        """
        message = self._message
        message += data[: self._longest - len(message)]
        short = len(data) % self._size != 0 or not data
        if not message or not (short or self._complete()):
            return None
        self._message = bytearray()
        return bytes(message)

    def flush(self) -> None:
        """Discard the unfinished message."""
        self._message = bytearray()

    def _complete(self) -> bool:
        message = self._message
        size = HEADER_SIZE + int.from_bytes(message[LENGTH], "little")
        return len(message) >= min(size, self._longest) and len(message) >= HEADER_SIZE
