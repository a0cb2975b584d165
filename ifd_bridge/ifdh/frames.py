"""Frames between the handler in pcscd and the readers' process: Call and answer as bytes.

A frame is one message on a SOCK_SEQPACKET connection, or for a short answer to a call one on a
pipe (`Line`), and one MessagePack array, always in the widest encoding, so that every field has
its place and the handler in C reads and writes the payload where pcscd has it:

    call    [uint8 sequence, uint8 function, uint32 argument, bin32 data]
    answer  [uint8 sequence, uint16 code, bin32 data]

The answer repeats the call's sequence; a movement is an answer with the sequence 0.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import FileIO
from select import PIPE_BUF
from struct import Struct
from struct import error as StructError  # noqa: N812 - its name says nothing
from typing import Final

from ..system.sockets import hang_up
from .api import Answer, Code, Function, Presence

MAX_DATA: Final = 65548
"""The longest payload, as in pcsc-lite (MAX_BUFFER_SIZE_EXTENDED)."""

_CALL: Final = Struct(">BBBBBBIBI")  # 94 CC s CC f CE argument C6 size
_ANSWER: Final = Struct(">BBBBHBI")  # 93 CC s CD code C6 size
CALL_HEAD: Final = _CALL.size
ANSWER_HEAD: Final = _ANSWER.size
MAX_CALL: Final = CALL_HEAD + MAX_DATA

_PIPE_BUF: Final[int] = PIPE_BUF

RawCall = tuple[int, int, int, bytes]
"""Sequence, function, argument, data."""


@dataclass(frozen=True, slots=True)
class Call:
    """One IFDH call: `argument` is the tag, action, protocol or control code."""

    sequence: int
    function: Function
    argument: int = 0
    data: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Call:
        """A call from its frame; ValueError if it is not one."""
        sequence, function, argument, data = unpack_call(raw, len(raw))
        return cls(sequence, Function(function), argument, data)

    def __bytes__(self) -> bytes:
        head = (0x94, 0xCC, self.sequence, 0xCC, self.function, 0xCE, self.argument, 0xC6)
        return _CALL.pack(*head, len(self.data)) + self.data


def unpack_call(buffer: bytes | memoryview, size: int) -> RawCall:
    """The fields of the call in the first `size` bytes; ValueError if it is not one."""
    if not CALL_HEAD <= size <= MAX_CALL:
        raise ValueError(f"a call of {size} bytes, not {CALL_HEAD} to {MAX_CALL}")
    array, a, sequence, b, function, c, argument, d, length = _CALL.unpack_from(buffer)
    if (array, a, b, c, d, length) != (0x94, 0xCC, 0xCC, 0xCE, 0xC6, size - CALL_HEAD):
        raise ValueError(f"not a call: {bytes(buffer[:CALL_HEAD]).hex()}")
    return sequence, function, argument, bytes(buffer[CALL_HEAD:size])


def pack_answer(sequence: int, code: int, data: bytes = b"") -> bytes:
    """The frame of an answer; ValueError for too much data, or a number that has no place in it."""
    if len(data) > MAX_DATA:
        raise ValueError(f"an answer of {len(data)} bytes, more than {MAX_DATA}")
    try:
        return _ANSWER.pack(0x93, 0xCC, sequence, 0xCD, code, 0xC6, len(data)) + data
    except StructError as fault:
        raise ValueError(f"an answer {sequence} with the code {code}") from fault


def parse_answer(raw: bytes) -> tuple[int, Answer]:
    """Sequence and answer from a frame; ValueError if it is not one."""
    if not ANSWER_HEAD <= len(raw) <= ANSWER_HEAD + MAX_DATA:
        raise ValueError(f"an answer of {len(raw)} bytes")
    array, a, sequence, b, code, c, length = _ANSWER.unpack_from(raw)
    if (array, a, b, c, length) != (0x93, 0xCC, 0xCD, 0xC6, len(raw) - ANSWER_HEAD):
        raise ValueError(f"not an answer: {raw[:ANSWER_HEAD].hex()}")
    return sequence, Answer(Code(code), raw[ANSWER_HEAD:])


def pack_movement(presence: Presence, sequence: int = 0) -> bytes:
    """The frame that says where the card is and how often one was taken out (modulo 2^32)."""
    code = Code.ICC_PRESENT if presence.present else Code.ICC_NOT_PRESENT
    return pack_answer(sequence, code, (presence.removals & 0xFFFFFFFF).to_bytes(4, "big"))


def _found() -> Callable[..., RawCall | None] | None:
    try:
        from .hop import hop
    except ImportError:
        return None
    return hop


in_c: Callable[..., RawCall | None] | None = _found()
"""A hop in one call of C (hop.c); None where nothing is compiled."""


class Line:
    """The server's end of a connection for calls, with the pipe that came with the first of them.

    A pipe takes less of the time of a short APDU than a socket, and more of that of a long one.
    What is written to it at once, up to PIPE_BUF, comes out whole. Its descriptor is taken out of
    `given`; ValueError if that is something else. Without one all answers go by the connection: a
    handler that an older release has installed brings none.

    Whatever is done on a line raises OSError if the handler has hung up, or another thread has
    closed it, and ValueError if what comes is no call.
    """

    def __init__(self, connection: socket.socket, given: list[int]) -> None:
        if given and not (len(given) == 1 and _takes_answers(given[0])):
            raise ValueError("no pipe for answers came with the first call")
        self._connection = connection
        self._pipe: FileIO | None = None
        room = bytearray(MAX_CALL + 1)
        self._room = memoryview(room)
        self.hop: Callable[[int, int, bytes], RawCall | None] = self._hop
        """Answer a call, and wait for the next one; None if the peer has hung up."""
        if not given:
            return
        os.set_blocking(given[0], False)
        self._pipe = FileIO(given.pop(), "w")
        if in_c is not None:
            self.hop = partial(in_c, connection, self._pipe, room)

    def take(self) -> RawCall | None:
        """Wait for a call; None if the peer has hung up."""
        size = self._connection.recv_into(self._room)
        return unpack_call(self._room, size) if size else None

    def answer(self, sequence: int, code: int, data: bytes = b"") -> None:
        """Answer a call."""
        frame = pack_answer(sequence, code, data)
        if self._pipe is None or len(frame) > _PIPE_BUF:
            self._connection.send(frame)
            return
        try:
            if self._pipe.write(frame) is None:
                raise BlockingIOError("the handler reads no answers")
        except ValueError as fault:
            raise BrokenPipeError(str(fault)) from None

    def close(self) -> None:
        """Hang up, also under a thread that waits for a call."""
        hang_up(self._connection)
        if self._pipe is not None:
            self._pipe.close()

    def _hop(self, sequence: int, code: int, data: bytes) -> RawCall | None:
        self.answer(sequence, code, data)
        return self.take()


def _takes_answers(descriptor: int) -> bool:
    """True for the writing end of a pipe; a file, say, is never read."""
    writes = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY
    return writes and stat.S_ISFIFO(os.fstat(descriptor).st_mode)
