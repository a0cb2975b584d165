"""A slot for each port of a card, for programs that do not know ports.

--reader three-slot --card 'ports:esim?mep=a1'

Slot i of the reader is port i of the one card that is in all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from vcard import Busy
from vcard.contact import habits_of

from .attachment import Slots


class Ported(Protocol):
    """A card with ports that can be reset one by one."""

    @property
    def ports(self) -> Sequence[Any]:
        """The ports."""

    def power_up(self) -> bytes | None:
        """See Contact."""

    def power_down(self) -> None:
        """See Contact."""

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
        """See Contact."""

    def reset_port(self, number: int) -> bytes:
        """Reset one port; the card's ATR."""


class PortSlots:
    """Puts the ports of a card into the slots of a reader, as many as both have.

    Slots are served by threads of their own, a card is not: it does one thing at a time.
    """

    def __init__(self, card: Ported) -> None:
        self.contact = card
        self.lock = threading.RLock()
        self.powered: set[int] = set()
        self._inserted: list[tuple[Slots, int]] = []

    @property
    def slots(self) -> Sequence[int]:
        """The slots that its ports are in."""
        return [slot for _, slot in self._inserted]

    def attach(self, reader: Slots, slot: int = 0) -> None:
        """Insert the ports from `slot` on; RuntimeError if the reader has one slot only."""
        for number in range(len(self.contact.ports)):
            try:
                reader.insert(PortContact(self, number), slot + number)
            except ValueError:
                break
            self._inserted.append((reader, slot + number))
        if len(self._inserted) < 2:
            self.close()
            raise RuntimeError("a card's ports need a reader with slots for them: three-slot")

    def close(self) -> None:
        """Take them out again."""
        while self._inserted:
            reader, slot = self._inserted.pop()
            reader.eject(slot)


class PortContact:
    """One port of the card, as a card of its own. Only the first power-up resets the whole card."""

    def __init__(self, shared: PortSlots, number: int) -> None:
        self._shared = shared
        self._number = number
        # The slot is the port, so no NAD of the card's counts; its other habits do.
        self.habits = replace(habits_of(shared.contact), nads=None)

    @property
    def contact(self) -> Ported:
        """The card that all ports belong to."""
        return self._shared.contact

    def power_up(self) -> bytes | None:
        """Power the card if no port has it on, else reset this port."""
        with self._shared.lock:
            first = not self._shared.powered
            self._shared.powered.add(self._number)
            card = self._shared.contact
            return card.power_up() if first else card.reset_port(self._number)

    def power_down(self) -> None:
        """The last port that goes off takes the supply away."""
        with self._shared.lock:
            self._shared.powered.discard(self._number)
            if not self._shared.powered:
                self._shared.contact.power_down()

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:  # noqa: ARG002 - a slot is a port
        """A command for this port; whatever NAD came with it."""
        with self._shared.lock:
            if self._number not in self._shared.powered:
                return None
            return self._shared.contact.exchange(command, self._number)
