"""A reader with prepared answers, and the messages that reached it."""

from __future__ import annotations

import struct
from dataclasses import replace
from itertools import count

from ifd_bridge.driver.apdu_levels import Level
from ifd_bridge.driver.control_codes import Features
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.driver.link import Link
from ifd_bridge.driver.options import TODAY, DriverOptions
from readers.models import PINPAD

OK, INACTIVE, ABSENT, FAILED = 0x00, 0x01, 0x02, 0x40


def answer(kind=0x80, data=b"", status=OK, error=0, extra=0):
    """Make a reader's answer, without slot and bSeq."""
    return struct.pack("<BIxxBBB", kind, len(data), status, error, extra) + data


class FakeCable:
    """Takes its answers from `answers` (None: silence), and passes time extensions on."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []
        self.timeouts = []

    def exchange(self, message, timeout_s=3.0, extended=lambda _: None, data=b""):
        self.sent.append(message + data)
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


def features(
    *answers, model=PINPAD, escape=False, reader_id=None, firmware=None, level=Level, release=TODAY
):
    """The control codes of a slot whose reader says these answers, and the cable to it."""
    if reader_id is not None:
        model = replace(model, vendor_id=reader_id >> 16, product_id=reader_id & 0xFFFF)
    one, cable = link(*answers)
    reader = replace(KnownReader.of(model), firmware=firmware)
    return Features(
        one, level(one, reader), reader, DriverOptions(escape=escape, release=release)
    ), cable
