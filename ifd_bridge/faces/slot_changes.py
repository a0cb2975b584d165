"""The slot changes that a driver has still to hear of, so that it looks often enough.

Nothing here sends or waits. A driver is told of a slot, looks at it (PC_to_RDR_GetSlotStatus), and
only then is told what happened meanwhile. So a swapped card gets the two looks that it needs: at
the first, libccid finds it unpowered and takes it for absent, at the second for present.

Spec: USB CCID 1.1, 6.3.1 (RDR_to_PC_NotifySlotChange: two bits for each slot, present and changed).
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from readers.ccid.codes import MessageType

PRESENT_BITS = 0x55


class SlotChanges:
    """The movements in a reader with this number of slots, as its driver knows them."""

    def __init__(self, slots: int) -> None:
        self._slots = range(slots)
        self._present = bytes((slots + 3) // 4)
        self._untold: set[int] = set()
        self.unseen: frozenset[int] = frozenset()
        """The slots that the driver was notified of and has not looked at yet."""

    def restart(self, present: Iterable[int]) -> None:
        """Take the driver for a new one: it knows of no card, and is to be told of those there."""
        self._untold = set(present)
        self.unseen = frozenset()
        bits = sum(1 << 2 * slot for slot in self._untold)
        self._present = bits.to_bytes(len(self._present), "little")

    def moved(self, message: bytes) -> None:
        """Take a NotifySlotChange of the reader."""
        self._present = bytes(byte & PRESENT_BITS for byte in message[1:])
        changed = (slot for slot in self._slots if message[1 + slot // 4] & _changed(slot))
        self._untold.update(changed)

    def looked(self, slot: int) -> None:
        """Note that the driver was answered how it stands with `slot`."""
        self.unseen -= {slot}

    @property
    def held(self) -> bool:
        """True if something has happened to a slot that the driver still has to look at."""
        return bool(self._untold & self.unseen)

    def give_up(self) -> None:
        """Wait no more for looks: the driver seems to do without."""
        self.unseen = frozenset()

    def pending(self, slot: int) -> bool:
        """True if the driver does not know yet what has happened in `slot`."""
        return slot in self._untold or slot in self.unseen

    def due(self) -> bytes:
        """Return the messages that may be sent now."""
        return self._message(self._untold - self.unseen)

    def told(self) -> Set[int]:
        """Note that the driver got the pending notification."""
        slots = self._untold - self.unseen
        self._untold -= slots
        self.unseen |= slots
        return slots

    def again(self, slots: Set[int]) -> bytes:
        """The news of these slots, once more."""
        return self._message(slots)

    def _message(self, slots: Set[int]) -> bytes:
        bits = bytearray(self._present)
        for slot in slots:
            bits[slot // 4] |= _changed(slot)
        return bytes((MessageType.RDR_to_PC_NotifySlotChange, *bits)) if slots else b""


def _changed(slot: int) -> int:
    """The bit in a slot's byte that says that it has changed."""
    return 2 << 2 * (slot % 4)
