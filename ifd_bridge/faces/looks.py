"""The progress of a driver with the last movement in each slot.

pcscd acts on what it sees at the end of a round. One that wakes it while a card lies unused begins
with switching that card off, and looks before it does so (PC_to_RDR_GetSlotStatus); what it sees
there is lost on it. So one look does not say that a movement was seen:

* The driver of one slot waits for an interrupt when a round is over.
* The driver of several slots waits for interrupts all the time. Two looks are a whole round; where
  the second does not come by itself, another notification makes it come.
* A driver that hears no interrupts looks again at once, or after some 400 ms. Its first look may
  be the one with which a client that leaves has the card switched off: what pcscd learns there,
  its own round does not know, and it would take the next card for the one before.

Spec: USB CCID 1.1, 6.1.3 (PC_to_RDR_GetSlotStatus), 6.3.1 (RDR_to_PC_NotifySlotChange).
"""

from __future__ import annotations

from collections.abc import Iterable

QUIET_S = 0.02
"""How long a driver may take from its first look to its second before it is notified again."""
POLLED_QUIET_S = 0.45
"""After this long without a look, a driver that hears no news is done with the last one."""
PACES = 8
"""A driver is waited for this many times as long as it took for the movement before."""
ROUND = 2
"""Looks that contain a whole round, wherever it begins."""
NEVER = float("inf")


class Looks:
    """Tracks which slots a driver looks at, and when.

    `polled` is a driver that hears no interrupts. A movement waits `patience_s` for a driver that
    has not begun to look, and `longest_s` for one that is at it, or is slow.
    """

    def __init__(
        self, slots: int, *, patience_s: float, longest_s: float, polled: bool = False
    ) -> None:
        self._slots = slots
        self._patience_s, self._longest_s = patience_s, max(patience_s, longest_s)
        self._polled = polled
        self._looks: dict[int, int] = {}
        """The looks since the last notification, for the slots that a driver looks at."""
        self._looked_at: dict[int, float] = {}
        self._told_at = 0.0
        self._pace_s = 0.0
        self._tells_waits = False
        self._waits = 0

    def restart(self) -> None:
        """Take the driver for a new one, that has looked at nothing."""
        self._looks.clear()
        self._waits = 0

    def told(self, slots: Iterable[int], now: float) -> None:
        """Note that the driver was sent the news of movements in these slots."""
        self._told_at = now
        for slot in slots:
            if slot in self._looks:
                self._looks[slot] = 0

    def looked(self, slot: int, now: float) -> None:
        """Note an answer about a slot."""
        if self._looks.get(slot) == 0:
            self._pace_s = max(now - self._told_at, self._pace_s / 2)
        self._looks[slot] = self._looks.get(slot, ROUND) + 1
        self._looked_at[slot] = now

    def listens(self, waits: int) -> None:
        """Note that the driver began `waits` transfers for an interrupt, or gave them up (-1)."""
        self._tells_waits = True
        self._waits += waits

    def interrupted(self) -> None:
        """Note that a transfer for an interrupt was used, or the next one is going to be."""
        self._waits -= 1

    @property
    def exact(self) -> bool:
        """True if the driver shows when it has processed a notification."""
        return self._slots == 1 and self._tells_waits

    def forget(self, slot: int) -> None:
        """Wait for looks at this slot no more, until there is another one."""
        self._looks.pop(slot, None)

    def patience_s(self, slot: int) -> float:
        """The longest wait of a movement for this driver, in seconds."""
        if self._looks.get(slot, 0):
            return self._longest_s
        return min(max(PACES * self._pace_s, self._patience_s), self._longest_s)

    def somebody_looks(self, slot: int) -> bool:
        """False for a slot that no driver looks at, or none any more."""
        return slot in self._looks

    def unsettled_s(self, slot: int, now: float) -> float:
        """Return how long the driver may be in its round; NEVER where that is up to the driver."""
        if self.exact:
            return 0 if self._waits > 0 else NEVER
        if self._looks[slot] >= ROUND:
            return 0
        return self._looked_at[slot] + POLLED_QUIET_S - now if self._polled else NEVER

    def half(self, slots: Iterable[int], now: float) -> set[int]:
        """Return those of `slots` where a round has begun and may not have ended."""
        ends = now - QUIET_S
        return {
            slot
            for slot in slots
            if 0 < self._looks.get(slot, 0) < ROUND and self._looked_at[slot] <= ends
        }
