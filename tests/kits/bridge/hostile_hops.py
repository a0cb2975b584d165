"""Hops over a line that lies, in both forms; run as a program also under sanitizers.

usage: python -m tests.kits.bridge.hostile_hops LIBRARY COUNT
"""

import os
import random
import socket
import struct
import sys
from pathlib import Path
from select import PIPE_BUF

from ifd_bridge.ifdh import frames
from ifd_bridge.ifdh.api import Code, Function
from ifd_bridge.ifdh.frames import ANSWER_HEAD, CALL_HEAD, MAX_CALL, MAX_DATA, Call, Line
from tests.kits.bridge.hop_in_c import loaded

SIZES = [0, 1, 2, 255, PIPE_BUF - ANSWER_HEAD, PIPE_BUF - ANSWER_HEAD + 1, 65535, MAX_DATA]


class Ends:
    """A line, and the handler's ends of it."""

    def __init__(self):
        self.pipe, given = os.pipe()
        ours, self.handler = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, self.handler):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_CALL)
            end.settimeout(None)
        os.set_blocking(self.pipe, False)
        self.line = Line(ours, [given])

    def hop(self, frame, answer):
        """What a hop makes whose next call is this frame: a value or a fault, and what it told."""
        if frame:
            self.handler.send(frame)
        else:
            self.handler.shutdown(socket.SHUT_WR)
        try:
            came = self.line.hop(*answer)
        except (OSError, TypeError, ValueError) as fault:
            came = type(fault), str(fault)
        return came, self.told()

    def told(self):
        try:
            return "pipe", os.read(self.pipe, 2 * MAX_CALL)
        except BlockingIOError:
            pass
        try:
            return "connection", self.handler.recv(2 * MAX_CALL, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None

    def close(self):
        self.line.close()
        self.handler.close()
        os.close(self.pipe)


def call(pick):
    """A frame, that of a call more often than not; empty to hang up."""
    data = pick.randbytes(pick.choice(SIZES))
    good = bytes(Call(pick.randrange(256), pick.choice(list(Function)), pick.getrandbits(32), data))
    at = pick.randrange(CALL_HEAD)
    return pick.choice(
        [good] * 6
        + [
            good[: pick.randrange(1, len(good))],
            good + bytes(pick.choice([1, 100, 70_000])),
            good[:at] + pick.randbytes(1) + good[at + 1 :],
            good[:11] + struct.pack(">I", pick.getrandbits(32)) + good[15:],
            pick.randbytes(pick.randrange(1, 64)),
            b"",
        ]
    )


def answer(pick):
    """The fields of an answer, right ones more often than not."""
    data = bytes(pick.choice([*SIZES, MAX_DATA + 1]))
    right = pick.randrange(256), pick.choice(list(Code)), data
    wrong = [(256, 0, data), (-1, 0, data), (1, 65536, data), (1, -1, data), (1, 0, "text")]
    return pick.choice([right] * 20 + wrong)


def differing(in_c, count, seed=1):
    """Hops that the two forms make differently, of so many."""
    pick, found = random.Random(seed), []
    for _ in range(count):
        frame, told = call(pick), answer(pick)
        outcomes = []
        for form in (None, in_c):
            frames.in_c = form
            ends = Ends()
            outcomes.append(ends.hop(frame, told))
            ends.close()
        if outcomes[0] != outcomes[1] and not isinstance(told[2], str):  # their words differ there
            found.append((frame[:32], told[:2], len(told[2]), outcomes))
    return found


if __name__ == "__main__":
    found = differing(loaded(Path(sys.argv[1])), int(sys.argv[2]))
    sys.exit("\n".join(map(str, found)) or None)
