"""A reader that answers what a test says, and the messages that reached it."""

from __future__ import annotations

import struct
from itertools import count

from ifd_bridge.driver.link import Link

OK, INACTIVE, ABSENT, FAILED = 0x00, 0x01, 0x02, 0x40


def answer(kind=0x80, data=b"", status=OK, error=0, extra=0):
    """What a reader says, without slot and bSeq."""
    return struct.pack("<BIxxBBB", kind, len(data), status, error, extra) + data


class FakeCable:
    """Takes its answers from `answers`; None is silence. Time extensions are handed on."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []
        self.timeouts = []

    def exchange(self, message, timeout_s=3.0, extended=lambda _: None):
        self.sent.append(message)
        self.timeouts.append(timeout_s)
        while True:
            if not self.answers:
                raise TimeoutError
            raw = self.answers.pop(0)
            if raw is None:
                raise TimeoutError
            if len(raw) < 10 or raw[7] & 0xC0 != 0x80:
                return raw
            self.timeouts.append(extended(raw))


def link(*answers, slot=0):
    """A Link over a FakeCable, and the cable."""
    cable = FakeCable(*answers)
    return Link(cable, slot, count()), cable
