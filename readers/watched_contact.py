"""A card whose commands and responses are told to the reader's tap."""

from __future__ import annotations

from typing import Any

from vcard import Busy, Contact
from vcard.contact import changed

from .context import Context
from .events import CommandSent, ResponseReceived


class WatchedContact:
    """A Contact around `contact`, in a slot of `reader` (see Job.card for when there is no tap)."""

    __slots__ = ("contact", "power_down", "power_up", "reader", "slot")

    def __init__(self, contact: Contact, reader: Context, slot: int) -> None:
        self.contact = contact
        self.reader = reader
        self.slot = slot
        self.power_up = contact.power_up
        self.power_down = contact.power_down

    def __getattr__(self, name: str) -> Any:
        """What else a card may have (its NADs, say)."""
        return getattr(self.contact, name)

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
        """See Contact."""
        tap = self.reader.tap
        if tap is None:
            return self.contact.exchange(command, port)
        tap(CommandSent(self.slot, command, port))
        answer = self.contact.exchange(command, port)
        return changed(answer, lambda response: self._told(command, response))

    def _told(self, command: bytes, response: bytes | None) -> bytes | None:
        if self.reader.tap is not None:
            self.reader.tap(ResponseReceived(self.slot, command, response))
        return response
