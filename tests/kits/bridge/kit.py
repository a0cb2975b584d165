"""For the bridge's tests: a small driver, and a handler in Python."""

import os
import select
import socket
import threading
from dataclasses import replace

from ifd_bridge.ifdh.api import Answer, Code, Function, Presence
from ifd_bridge.ifdh.frames import MAX_CALL, Call, parse_answer
from ifd_bridge.ifdh.server import Served
from readers import CcidReader
from readers.models import PLAIN

END = 20.0
ATR = bytes.fromhex("3B8780018065766361726481")
CALLS, MOVEMENTS = b"\0", b"\1"


class Source:
    """A reader's cards, moved by the test."""

    def __init__(self, *, present=True, slots=1):
        self.slots = slots
        self.lock = threading.Lock()
        self.where = [Presence(present, 0)] * slots
        self.watchers = [[] for _ in range(slots)]
        self.given_up = []

    def presence(self, slot):
        with self.lock:
            return self.where[slot]

    def watch(self, slot, watcher):
        with self.lock:
            self.watchers[slot].append(watcher)
            return self.where[slot]

    def unwatch(self, slot, watcher):
        with self.lock:
            self.watchers[slot] = [each for each in self.watchers[slot] if each is not watcher]

    def abandon(self, slot):
        self.given_up.append(slot)

    def move(self, *, present, slot=0, abandons=False):
        with self.lock:
            before = self.where[slot]
            self.where[slot] = now = Presence(present, before.removals + before.present)
            for watcher in self.watchers[slot]:
                watcher.moved(now)
                if abandons:
                    watcher.abandoned()


class Driver:
    """Echoes; `hold` makes it wait in a command until the test lets it go."""

    def __init__(self, name=b""):
        self.name = name
        self.holding = threading.Event()
        self.release = threading.Event()

    def get_capabilities(self, tag):
        if tag == 0x10100:
            return Answer(Code.SUCCESS, b"vcard\0")
        return Answer(Code.ERROR_TAG)

    def set_capabilities(self, tag, value):
        return Answer(Code.SUCCESS if value else Code.ERROR_TAG)

    def set_protocol_parameters(self, protocol):
        return Answer(Code.SUCCESS)

    def power_icc(self, action):
        return Answer(Code.SUCCESS, ATR)

    def transmit_to_icc(self, command, protocol):
        if command[:2] == b"\xff\x01":
            self.holding.set()
            self.release.wait(END)
        if command[:2] == b"\xff\x02":
            raise ZeroDivisionError
        if command[:2] == b"\xff\x03":
            return Answer(Code.ICC_NOT_PRESENT)
        return Answer(Code.SUCCESS, command + self.name + b"\x90\x00")

    def control(self, code, data):
        return Answer(Code.SUCCESS, data)


def served(driver=None, source=None):
    return Served(source or Source(), [driver or Driver()])


class Placed:
    """A reader for a door, with a driver of the test's own."""

    def __init__(self, name="Test Reader", *, made=None):
        self.reader = CcidReader(replace(PLAIN, name=name))
        self._served = made or served()

    def drive(self, options):
        return self._served


class Handler:
    """One connection of a handler, as the handler in C makes it."""

    def __init__(self, path, kind, where=0):
        self.connect(path)
        self.pipe, given = os.pipe()
        self.send(Function.CREATE_CHANNEL, where, kind, [given] if kind == CALLS else [])
        self.hello = self.receive()[1]
        os.close(given)

    def connect(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_CALL)
        self.socket.settimeout(END)
        self.socket.connect(str(path))
        self.sequence, self.pipe = 0, -1

    def send(self, function, argument=0, data=b"", given=()):
        self.sequence = (self.sequence + 1) % 256
        frame = bytes(Call(self.sequence, function, argument, data))
        socket.send_fds(self.socket, [frame], list(given))

    def receive(self):
        """An answer, by either way, or a movement."""
        ready, _, _ = select.select([self.pipe, self.socket], [], [], END)
        if raw := self.pipe in ready and os.read(self.pipe, select.PIPE_BUF):
            return parse_answer(raw)
        if raw := self.socket.recv(MAX_CALL):
            return parse_answer(raw)
        raise EOFError

    def call(self, function, argument=0, data=b""):
        self.send(function, argument, data)
        sequence, answer = self.receive()
        assert sequence == self.sequence
        return answer

    def hung_up(self):
        try:
            return self.socket.recv(MAX_CALL) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.close()
