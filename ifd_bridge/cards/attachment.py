"""What brings its own cards: something that inserts and ejects by itself while it is attached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from vcard import Contact


class Slots(Protocol):
    """What such a thing needs of a reader."""

    def insert(self, card: Contact, slot: int = 0) -> None:
        """Put a card into a slot."""

    def eject(self, slot: int = 0) -> object:
        """Take it out."""


@runtime_checkable
class Attachment(Protocol):
    """A foreign card on a socket, a real card behind another reader."""

    def attach(self, reader: Slots, slot: int = 0) -> None:
        """Begin to insert and eject in `slot` of `reader`."""

    def close(self) -> None:
        """Stop; what is inserted is ejected."""


@runtime_checkable
class OneInSlots(Attachment, Protocol):
    """An Attachment with one card that is in several slots; `contact` leads to it."""

    @property
    def slots(self) -> Sequence[int]:
        """The slots that it is in."""

    @property
    def contact(self) -> object:
        """The card itself (see vcard.contact.asked)."""
