"""The cable between drivers and one CCID reader: the real clock, and the reader's lock.

A cable is the reader's guard. Leaving the guard distributes what the reader has put out: answers to
the waiting exchange, slot changes to the watchers of the slot. Only the header and
RDR_to_PC_NotifySlotChange are read here. Answers with another bSeq are dropped; libccid takes any
answer to an XfrBlock, so after a time-out its answers are off by one until the reader is plugged in
again, which nobody wants emulated.

Spec: USB CCID 1.1, 6.1 and 6.2 (headers), 6.3.1 (RDR_to_PC_NotifySlotChange), 5.3.1 and 6.1.13
(abort).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

from readers.ccid.codes import (
    COMMAND_MASK,
    HEADER,
    HEADER_SIZE,
    ICC_MASK,
    SEQUENCE,
    SLOT,
    STATUS,
    TIME_EXTENSION,
    IccStatus,
    MessageType,
)
from readers.context import Guard

from ..ifdh.api import AbandonedError, Presence, Watcher
from ..system.reader_lock import ReaderLock

ANSWER_TIMEOUT_S = 3.0


class Reader(Protocol):
    """A CcidReader as the cable sees it."""

    guard: Guard
    bulk_in: deque[bytes]
    interrupt_in: deque[bytes]

    @property
    def deadline(self) -> float | None:
        """The time of the next `tick`."""

    def handle(self, message: bytes, now: float, data: bytes | None = None) -> None:
        """Take one bulk-OUT message, whole or in two parts."""

    def tick(self, now: float) -> None:
        """Do what is due."""

    def abort(self, slot: int, seq: int) -> None:
        """The control request ABORT."""


class _Exchange:
    """One message on its way; `handling` while the reader (or its card) has the thread."""

    __slots__ = ("abandoned", "answers", "handling", "sequence")

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence
        self.answers: list[bytes] = []
        self.handling = True
        self.abandoned = False


class _Slot:
    __slots__ = ("exchange", "presence", "watchers")

    def __init__(self) -> None:
        self.presence = Presence(present=False, removals=0)
        self.exchange: _Exchange | None = None
        self.watchers: list[Watcher] = []

    def begin(self, sequence: int) -> _Exchange:
        self.exchange = exchange = _Exchange(sequence)
        return exchange


def _refuse(_message: bytes) -> float | None:
    return None


class Cable(ReaderLock):
    """Connects the drivers of `slots` slots with one reader, and serves as its guard.

    The clock is in seconds and never goes back.
    """

    def __init__(
        self, reader: Reader, slots: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._reader = reader
        self._clock = clock
        self._slots = tuple(_Slot() for _ in range(slots))
        # by bSlot; messages for slots that do not exist have one, too
        self._by_number = self._slots + (_Slot(),) * (256 - slots)
        self._waiting = 0
        reader.guard = self
        for number in range(slots):
            self._slots[number].presence = Presence(self._ask_presence(number), 0)

    @property
    def slots(self) -> int:
        """The number of slots of the reader."""
        return len(self._slots)

    def presence(self, slot: int) -> Presence:
        """Return the current presence."""
        return self._slots[slot].presence

    def watch(self, slot: int, watcher: Watcher) -> Presence:
        """Report every later movement to `watcher`; returns the current presence."""
        with self._moved:
            self._slots[slot].watchers.append(watcher)
            return self._slots[slot].presence

    def unwatch(self, slot: int, watcher: Watcher) -> None:
        """Stop reports to `watcher`; harmless if there were none."""
        with self._moved:
            watchers = self._slots[slot].watchers
            watchers[:] = [each for each in watchers if each is not watcher]

    def exchange(
        self,
        message: bytes,
        timeout_s: float = ANSWER_TIMEOUT_S,
        extended: Callable[[bytes], float | None] = _refuse,
        data: bytes | None = None,
    ) -> bytes:
        """Send a bulk-OUT message and wait for the answer with its slot and bSeq.

        Where `data` is given it is the message's abData, and `message` its header alone.

        A time extension is handed to `extended`, which returns how many seconds to wait from now on
        (None: as long as before). TimeoutError if the reader says nothing for that long;
        the time in which a card computes does not count. AbandonedError must be let through.
        A packet too short for a header is an answer, too, as on USB.
        """
        slot = self._by_number[message[SLOT]]
        exchange = slot.begin(message[SEQUENCE])
        try:
            self._reader.handle(message, self._clock(), data)
            exchange.handling = False
            while True:
                if exchange.abandoned:
                    raise AbandonedError
                answers = exchange.answers
                answer = answers.pop(0) if answers else self._await(exchange, timeout_s)
                if len(answer) < HEADER_SIZE or (answer[STATUS] & COMMAND_MASK != TIME_EXTENSION):
                    return answer
                timeout_s = extended(answer) or timeout_s
        finally:
            if slot.exchange is exchange:
                slot.exchange = None

    def abandon(self, slot: int) -> None:
        """Give up the exchange under way in a slot, if any: its thread gets AbandonedError.

        The reader is told by both halves of an abort, so that it is free for the next host.
        """
        with self._moved:
            exchange = self._slots[slot].exchange
            self._slots[slot].exchange = None
            if exchange is None:
                return
            exchange.abandoned = True
            self._moved.notify_all()
        self._reader.abort(slot, exchange.sequence)
        abort = HEADER.pack(MessageType.PC_to_RDR_Abort, 0, slot, exchange.sequence)
        self._reader.handle(abort.ljust(HEADER_SIZE, b"\0"), self._clock())

    # The guard

    def await_look(self, slot: int) -> None:
        """Return at once: removals are counted, so a driver of ours misses none."""

    def _settle(self) -> None:
        reader = self._reader
        if reader.bulk_in or reader.interrupt_in or self._waiting:
            self._deliver()

    # Delivery

    def _await(self, exchange: _Exchange, timeout_s: float) -> bytes:
        """The next answer to an exchange; ticks the reader when it wants to be ticked."""
        end = self._clock() + timeout_s
        while True:
            now = self._wait(exchange, end)
            if exchange.abandoned:
                raise AbandonedError
            if exchange.answers:
                return exchange.answers.pop(0)
            if now >= end:
                raise TimeoutError("the reader does not answer")
            exchange.handling = True
            self._reader.tick(now)
            exchange.handling = False

    def _wait(self, exchange: _Exchange, end: float) -> float:
        """Wait for an answer, the reader's deadline or the end; returns the time then."""
        with self._moved:
            self._waiting += 1
            try:
                while not (exchange.answers or exchange.abandoned):
                    due = self._reader.deadline
                    now = self._clock()
                    until = end if due is None else min(end, due)
                    if now >= until:
                        return now
                    self._moved.wait(until - now)
            finally:
                self._waiting -= 1
            return self._clock()

    def _deliver(self) -> None:
        """Distribute what the reader has put out."""
        reader = self._reader
        while reader.bulk_in:
            answer = reader.bulk_in.popleft()
            if len(answer) < HEADER_SIZE:
                exchange = self._first_waiting()
            else:
                exchange = self._by_number[answer[SLOT]].exchange
                if exchange and exchange.sequence != answer[SEQUENCE]:
                    continue
            if exchange:
                exchange.answers.append(answer)
        while reader.interrupt_in:
            message = reader.interrupt_in.popleft()
            if message[0] == MessageType.RDR_to_PC_NotifySlotChange:
                self._slot_change(message[1:])
        if self._waiting:
            self._moved.notify_all()

    def _first_waiting(self) -> _Exchange | None:
        """Return the exchange that gets a packet without a slot number: some readers send such."""
        return next((slot.exchange for slot in self._slots if slot.exchange), None)

    def _slot_change(self, bitmap: bytes) -> None:
        """Spec: USB CCID 1.1, 6.3.1: two bits for each slot, present and changed."""
        changes = int.from_bytes(bitmap, "little")
        for number, slot in enumerate(self._slots):
            bits = changes >> number * 2
            if bits & 2:
                self._card_moved(slot, present=bool(bits & 1))

    def _card_moved(self, slot: _Slot, *, present: bool) -> None:
        removed = slot.presence.present
        slot.presence = Presence(present, slot.presence.removals + removed)
        if not removed:
            # pcscd powers a new card at once: not while this thread still holds the reader
            self._afterwards.append(partial(self._tell, slot, slot.presence))
            return
        self._tell(slot, slot.presence)
        if slot.exchange and slot.exchange.handling:
            slot.exchange.abandoned = True
            slot.exchange = None
            for watcher in slot.watchers:
                watcher.abandoned()

    def _tell(self, slot: _Slot, presence: Presence) -> None:
        for watcher in tuple(slot.watchers):
            watcher.moved(presence)

    def _ask_presence(self, slot: int) -> bool:
        ask = HEADER.pack(MessageType.PC_to_RDR_GetSlotStatus, 0, slot, 0)
        answer = self.exchange(ask.ljust(HEADER_SIZE, b"\0"))
        return len(answer) > STATUS and answer[STATUS] & ICC_MASK != IccStatus.ABSENT
