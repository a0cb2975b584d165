"""An attachment: inserts and ejects cards by itself while it is attached to a slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from vcard import Contact


class Slots(Protocol):
    """The part of a reader that an attachment needs."""

    def insert(self, card: Contact, slot: int = 0) -> None:
        """Put a card into a slot."""

    def eject(self, slot: int = 0) -> object:
        """Take it out."""


@runtime_checkable
class Attachment(Protocol):
    """Inserts cards itself: a foreign card on a socket, a real card in another reader."""

    def attach(self, reader: Slots, slot: int = 0) -> None:
        """Start to insert and eject in `slot` of `reader`."""

    def close(self) -> None:
        """Stop; what is inserted is ejected."""


@runtime_checkable
class OneInSlots(Attachment, Protocol):
    """An Attachment that puts one card into several slots; `contact` leads to the card."""

    @property
    def slots(self) -> Sequence[int]:
        """The slots that it is in."""

    @property
    def contact(self) -> object:
        """The card itself (see vcard.contact.asked)."""


@runtime_checkable
class Withdrawable(Attachment, Protocol):
    """An Attachment whose card can be out of its slot and still be there, to be put back."""

    def withdraw(self) -> None:
        """Take the card out, and leave the slot empty whatever comes, until `put_back`."""

    def put_back(self) -> bool:
        """Put the card in again, or the next one that comes; False if it is not attached."""
