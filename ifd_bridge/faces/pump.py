"""The pump: moves messages between a reader and a driver that is not ours, in real time.

A pump is the reader's guard, as the cable is for our driver. The thread that receives from the
driver runs the card's code as well; if that blocks while the driver can go on (another slot, or the
card has been answered for), another thread takes over receiving. The ticker sends time extensions
meanwhile, and is woken only if something is due before it would wake. A slot change waits until the
driver has looked at the one before (slot_changes.py).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable

from ifd_bridge.system import threads
from readers import CcidReader
from readers.ccid.codes import SLOT, MessageType, asks_for_time

from ..system.reader_lock import ReaderLock
from .looks import NEVER, QUIET_S, Looks
from .slot_changes import SlotChanges

REPEAT_S = 0.01
"""After this time, doubled each time, slots that no driver looked at are notified again.

Where a reader has several slots, one thread of libccid listens for all, and a slot whose own
thread is not waiting misses the notification.
"""
MOST_PAUSE_S = 0.16
"""The longest pause between two notifications of the same movement while a card waits to move."""
PATIENCE_S, LONGEST_S = 1.0, 5.0
"""Time in seconds that a card that moves waits for a driver to look at its last movement
(looks.py).
"""


class Pump(ReaderLock):
    """Drives `reader` for the peer that sends its messages through `serve`.

    `bulk` and `interrupt` get what comes out, one call for each message; they must not block.
    `interrupt` returns False where the driver is not listening: slot changes are offered again when
    the guard is left next, so that a face enters and leaves it when the driver begins to listen.
    A card that moves waits `patience_s` to `longest_s` for a driver that looks; a slot change is
    held back for `held_s` at most, as some drivers never do. A `polled` driver hears no interrupts.
    """

    def __init__(
        self,
        reader: CcidReader,
        bulk: Callable[[bytes], object],
        interrupt: Callable[[bytes], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
        longest_s: float = LONGEST_S,
        held_s: float = NEVER,
        polled: bool = False,
    ) -> None:
        super().__init__()
        self._reader = reader
        self._bulk = bulk
        self._interrupt = interrupt
        self._clock = clock
        slots = len(reader.slots)
        self._changes = SlotChanges(slots)
        self._looks = Looks(slots, patience_s=patience_s, longest_s=longest_s, polled=polled)
        self._polled = polled
        self._held_s = held_s
        self._told_at = 0.0
        self._movers: Counter[int] = Counter()
        self._repeat_at = NEVER
        self._pause_s = REPEAT_S
        self._wakes_at = NEVER
        self._closed = False
        self._leader: threading.Thread | None = None
        self._leader_computes = False
        reader.guard = self
        self._ended: Callable[[], object] = bool
        self._ticker: threading.Thread | None = None
        self._begin_ticking()

    def serve(self, receive: Callable[[], bytes], ended: Callable[[], object] = bool) -> None:
        """Handle every bulk-OUT message of `receive`, until it returns nothing or raises OSError.

        If a card blocks this thread while the driver goes on, another thread receives.
        """
        self._receive, self._ended = receive, ended
        self._lead()

    def restart(self) -> None:
        """Take the driver for a new one, to which every card that is in is news."""
        with self:
            slots = self._reader.slots
            self._changes.restart(slot.number for slot in slots if slot.card is not None)
            self._reader.interrupt_in.clear()
            self._looks.restart()

    def listening(self, waits: int = 1) -> None:
        """Note that the driver began `waits` transfers for an interrupt, or gave them up (-1)."""
        with self:
            self._looks.listens(waits)
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
        now = self._clock()
        self._changes.looked(slot)
        self._looks.looked(slot, now)
        if self._movers[slot]:
            self._pause_s = REPEAT_S
            self._repeat_at = min(self._repeat_at, now + QUIET_S)
            self._moved.notify_all()

    def _hand_over(self) -> None:
        self._leader_computes = False
        self._leader = None  # no thread leads until the new one says that it does
        threads.start("vcard-slot", self._lead, self._fail)

    def _fail(self) -> None:
        """A thread has ended that should not: the driver is not left waiting for its answer."""
        self.close()
        self._ended()

    # The guard

    def _settle(self) -> None:
        self._deliver()
        self._hurry()

    def _leave(self) -> None:
        """Let another thread receive if the driver may go on with other slots.

        The ticker sends the time extensions that the driver waits for meanwhile.
        """
        if self._ticker is threading.current_thread():
            self._begin_ticking()
        elif self._leader is threading.current_thread():
            if len(self._reader.slots) > 1:
                self._hand_over()
            else:
                self._leader_computes = True

    def _come_back(self) -> None:
        if self._leader is threading.current_thread():
            self._leader_computes = False

    def await_look(self, slot: int) -> None:
        """Wait until the driver has done with the last movement in a slot.

        Otherwise it would see one change where there were two, or none. A driver that does not
        look in time is waited for no more before it has looked again.
        """
        with self._moved:
            depth, self._depth = self._depth, 0
            self._deliver()
            self._movers[slot] += 1
            began = self._clock()
            while (wait := self._unsettled_s(slot)) > 0:
                left = began + self._looks.patience_s(slot) - self._clock()
                if left <= 0:
                    self._looks.forget(slot)
                    break
                self._begin_again()
                self._moved.wait(min(wait, left))
            self._movers[slot] -= 1
            self._depth = depth

    def _unsettled_s(self, slot: int) -> float:
        """Return how long the driver may still be looking at a slot; NEVER if that is up to it."""
        if self._closed or not self._looks.somebody_looks(slot):
            return 0
        if self._changes.pending(slot):
            return NEVER
        return self._looks.unsettled_s(slot, self._clock())

    def _begin_again(self) -> None:
        """Notify a driver again that waits by now."""
        if self._repeat_at == NEVER and self._repeats:
            self._repeat_at = self._clock() + QUIET_S
            self._hurry()

    @property
    def _repeats(self) -> bool:
        """True if the driver may have missed a notification."""
        return not (self._polled or self._looks.exact)

    # Out

    def _deliver(self) -> None:
        reader = self._reader
        while reader.bulk_in:
            message = reader.bulk_in.popleft()
            if self._leader_computes and not asks_for_time(message):
                self._hand_over()  # the command was answered elsewhere: the driver continues
            self._send(self._bulk, message)
        while reader.interrupt_in:
            message = reader.interrupt_in.popleft()
            if message[0] == MessageType.RDR_to_PC_NotifySlotChange:
                self._changes.moved(message)
                self._tell_changes()
            else:
                self._notify(message)
        self._tell_changes()

    def _tell_changes(self) -> None:
        if self._changes.held:
            self._hold()
        message = self._changes.due()
        if message and self._notify(message):
            self._told_at = self._clock()
            self._looks.told(self._changes.told(), self._told_at)
            if len(self._reader.slots) > 1:
                self._pause_s = REPEAT_S
                self._repeat_at = self._clock() + REPEAT_S

    def _hold(self) -> None:
        """Give up on a driver that does not look, now or when it has had its time."""
        ends = self._told_at + self._held_s
        if self._clock() >= ends:
            self._changes.give_up()
        else:
            self._repeat_at = min(self._repeat_at, ends)

    def _repeat(self) -> None:
        now = self._clock()
        if now < self._repeat_at:
            return
        self._repeat_at = NEVER
        self._tell_changes()
        if not self._repeats:
            return
        waited = [slot for slot, movers in self._movers.items() if movers]
        slots = self._looks.half(waited, now)
        if len(self._reader.slots) > 1:
            slots |= self._changes.unseen
        if slots:
            self._notify(self._changes.again(slots))
        if slots or waited:
            self._pause_s *= 2
            if waited:
                self._pause_s = min(self._pause_s, MOST_PAUSE_S)
            self._repeat_at = min(self._repeat_at, now + self._pause_s)

    def _notify(self, message: bytes) -> bool:
        sent = self._send(self._interrupt, message)
        if sent:
            self._looks.interrupted()
        return sent

    def _send(self, send: Callable[[bytes], object], message: bytes) -> bool:
        """True if the message is on its way; not if the driver has gone, or does not listen."""
        if self._closed:
            return False
        try:
            return bool(send(message))
        except OSError:
            return False

    # Time

    def _begin_ticking(self) -> None:
        self._ticker = None
        threads.start("vcard-pump", self._tick, self._fail)

    def _tick(self) -> None:
        self._ticker = me = threading.current_thread()
        while self._await_due(me):
            self._reader.tick(self._clock())  # not holding the lock: a card may compute in it
            with self:
                self._repeat()

    def _await_due(self, me: threading.Thread) -> bool:
        """Wait until something is due; False if the end has come, or another thread ticks."""
        with self._moved:
            while not self._closed and self._ticker is me:
                due, now = self._due(), self._clock()
                if due <= now:
                    self._wakes_at = NEVER
                    return True
                # What it was woken for is often done by now, and the next such thing will be
                # due a moment later: it sleeps until then all the same, or each would wake it.
                self._wakes_at = min(due, self._wakes_at if self._wakes_at > now else NEVER)
                self._moved.wait(None if self._wakes_at == NEVER else self._wakes_at - now)
        return False

    def _hurry(self) -> None:
        """Wake the ticker if something is due before it would wake by itself."""
        if (due := self._due()) < self._wakes_at:
            self._wakes_at = due
            self._moved.notify_all()

    def _due(self) -> float:
        deadline = self._reader.deadline
        return min(self._repeat_at, NEVER if deadline is None else deadline)
