"""Moves messages between a reader and a driver that is not ours, in real time.

A pump is the reader's guard. What the reader puts out is sent at once, but a slot change waits for
the driver to look at the one before it (`slot_changes.py`).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from readers import CcidReader
from readers.ccid.codes import SLOT, MessageType, asks_for_time

from ..reader_lock import ReaderLock
from .slot_changes import SlotChanges

REPEAT_S = 0.01
"""After this, and then twice as long each time, slots that nobody looked at are told of again.

Where a reader has several slots, one thread of libccid hears for all, and what it hears is lost to
a slot whose own thread is not waiting just then.
"""
PATIENCE_S = 1.0
"""How long a card that moves waits for a driver to look at its last movement."""
QUIET_S = 0.02
"""After a look it has this long to look again: pcscd goes by the second of two looks."""
NEVER = float("inf")


class Pump(ReaderLock):
    """Drives `reader` for whoever sends its messages through `serve`.

    `bulk` and `interrupt` get what comes out, one call for each message; they must not block.
    `interrupt` returns False where the driver is not listening: slot changes are offered again when
    the guard is left next, so that a face enters and leaves it when the driver begins to listen.
    A card that moves waits `patience_s` for a driver that looks; a slot change is held back for
    `held_s` at most, as some drivers never do.
    """

    def __init__(
        self,
        reader: CcidReader,
        bulk: Callable[[bytes], object],
        interrupt: Callable[[bytes], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
        held_s: float = NEVER,
    ) -> None:
        super().__init__()
        self._reader = reader
        self._bulk = bulk
        self._interrupt = interrupt
        self._clock = clock
        self._changes = SlotChanges(len(reader.slots))
        self._patience_s = patience_s
        self._held_s = held_s
        self._told_at = 0.0
        self._looks_until: dict[int, float] = {}
        self._movers = 0
        self._repeat_at = NEVER
        self._pause_s = REPEAT_S
        self._wakes_at = NEVER
        self._closed = False
        self._leader: threading.Thread | None = None
        self._leader_computes = False
        reader.guard = self
        self._ticker = threading.Thread(target=self._tick, name="vcard-pump", daemon=True)
        self._ticker.start()

    def serve(self, receive: Callable[[], bytes], ended: Callable[[], object] = bool) -> None:
        """Handle every bulk-OUT message that `receive` returns; nothing or OSError is the end.

        Where this thread is held up by a card while the driver goes on, another one receives.
        """
        self._receive, self._ended = receive, ended
        self._lead()

    def restart(self) -> None:
        """Take the driver for a new one, to which every card that is in is news."""
        with self:
            slots = self._reader.slots
            self._changes.restart(slot.number for slot in slots if slot.card is not None)
            self._reader.interrupt_in.clear()
            self._looks_until.clear()

    def listening(self) -> None:
        """Note that the driver waits for an interrupt: it has done with the last one.

        With several slots that says nothing, as one thread of libccid waits for all.
        """
        with self:
            if len(self._reader.slots) == 1 and 0 in self._looks_until:
                self._looks_until[0] = self._clock()
                self._moved.notify_all()

    def close(self) -> None:
        """Send no more; the threads end."""
        with self._moved:
            self._closed = True
            self._moved.notify_all()

    # Who receives

    def _lead(self) -> None:
        self._leader = me = threading.current_thread()
        with contextlib.suppress(OSError):
            while self._leader is me and (message := self._receive()):
                if message[0] == MessageType.PC_to_RDR_GetSlotStatus and len(message) > SLOT:
                    with self:  # both, before anything can move
                        self._reader.handle(message, self._clock())
                        self._looked(message[SLOT])
                else:
                    self._reader.handle(message, self._clock())
        if self._leader is me:
            self._ended()

    def _looked(self, slot: int) -> None:
        self._changes.looked(slot)
        self._looks_until[slot] = self._clock() + QUIET_S
        if self._movers:
            self._moved.notify_all()

    def _hand_over(self) -> None:
        self._leader_computes = False
        self._leader = threading.Thread(target=self._lead, name="vcard-slot", daemon=True)
        self._leader.start()

    # The guard

    def _settle(self) -> None:
        self._deliver()
        self._hurry()

    def _leave(self) -> None:
        """Let another thread receive, where the driver may go on with other slots.

        Meanwhile the ticker sends the time extensions that the driver waits for.
        """
        if self._leader is threading.current_thread():
            if len(self._reader.slots) > 1:
                self._hand_over()
            else:
                self._leader_computes = True

    def _come_back(self) -> None:
        if self._leader is threading.current_thread():
            self._leader_computes = False

    def await_look(self, slot: int) -> None:
        """Wait until the driver has looked at the last movement in a slot.

        Otherwise it would see one change where there were two, or none. A driver that does not
        look within `patience_s` is waited for no more before it has looked again.
        """
        with self._moved:
            depth, self._depth = self._depth, 0
            self._deliver()
            self._movers += 1
            end = self._clock() + self._patience_s
            while (wait := self._unsettled_s(slot)) > 0 and (left := end - self._clock()) > 0:
                self._moved.wait(min(wait, left))
            if wait == NEVER:
                self._looks_until.pop(slot)
            self._movers -= 1
            self._depth = depth

    def _unsettled_s(self, slot: int) -> float:
        """How long the driver may still be looking at a slot; NEVER if it has not begun."""
        if self._closed or slot not in self._looks_until:
            return 0
        if self._changes.pending(slot):
            return NEVER
        return self._looks_until[slot] - self._clock()

    # Out

    def _deliver(self) -> None:
        reader = self._reader
        while reader.bulk_in:
            message = reader.bulk_in.popleft()
            if self._leader_computes and not asks_for_time(message):
                self._hand_over()  # somebody has answered instead: the driver goes on
            self._send(self._bulk, message)
        while reader.interrupt_in:
            message = reader.interrupt_in.popleft()
            if message[0] == MessageType.RDR_to_PC_NotifySlotChange:
                self._changes.moved(message)
                self._tell_changes()
            else:
                self._send(self._interrupt, message)
        self._tell_changes()

    def _tell_changes(self) -> None:
        if self._changes.held:
            self._hold()
        message = self._changes.due()
        if message and self._send(self._interrupt, message):
            self._changes.told()
            self._told_at = self._clock()
            if len(self._reader.slots) > 1:
                self._pause_s = REPEAT_S
                self._repeat_at = self._clock() + REPEAT_S
        if not self._changes.unseen:
            self._repeat_at = NEVER

    def _hold(self) -> None:
        """Give up on a driver that does not look, now or when it has had its time."""
        ends = self._told_at + self._held_s
        if self._clock() >= ends:
            self._changes.give_up()
        else:
            self._repeat_at = min(self._repeat_at, ends)

    def _repeat(self) -> None:
        if self._clock() < self._repeat_at:
            return
        self._tell_changes()
        if self._changes.unseen and len(self._reader.slots) > 1:
            self._send(self._interrupt, self._changes.again())
            self._pause_s *= 2
            self._repeat_at = self._clock() + self._pause_s
        elif self._clock() >= self._repeat_at:
            self._repeat_at = NEVER

    def _send(self, send: Callable[[bytes], object], message: bytes) -> bool:
        """True if the message is on its way; not if the driver has gone, or does not listen."""
        if self._closed:
            return False
        try:
            return bool(send(message))
        except OSError:
            return False

    def _tick(self) -> None:
        with self._moved:
            while not self._closed:
                self._wakes_at = due = self._due()
                if due == NEVER:
                    self._moved.wait()
                elif (wait := due - self._clock()) > 0:
                    self._moved.wait(wait)
                else:
                    self._reader.tick(self._clock())
                    self._repeat()

    def _hurry(self) -> None:
        """Wake the ticker if something is due before it would wake by itself."""
        if self._due() < self._wakes_at:
            self._moved.notify_all()

    def _due(self) -> float:
        deadline = self._reader.deadline
        return min(self._repeat_at, NEVER if deadline is None else deadline)
