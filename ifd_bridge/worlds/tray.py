"""A tray: the card of one slot, and what the card reports about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MethodType
from typing import Any

from vcard import Contact
from vcard.contact import asked
from vcard.touch import Touch

from ..cards import opening
from ..cards.attachment import Attachment, Withdrawable


@dataclass(slots=True)
class Tray:
    """One slot of a reader: what lies in it, and what `insert` puts back."""

    name: str = ""
    card: Contact | Attachment | None = None
    inserted: bool = False
    wrapped: tuple[Contact, Contact] | None = None
    """The card as it is, and with the world's wrappers around it."""

    def load(self, text: str) -> None:
        """Lay the card that a SPEC names into the tray; SpecError says what is wrong."""
        self.lay(opening.open_card(text), text)

    def lay(self, card: Contact | Attachment | None, name: str) -> None:
        """Lay a card into the tray, in the place of the one that is out."""
        if card is not self.card:
            self.part()
        self.card, self.name = card, name

    def part(self) -> None:
        """End what an attachment that is out still has to do with its card."""
        if isinstance(self.card, Withdrawable):
            self.card.close()

    def state(self, number: int) -> dict[str, Any]:
        """The slot's entry in `vcard list`."""
        told: dict[str, Any] = {
            "slot": number,
            "card": self.name or None,
            "inserted": self.inserted,
        }
        done, button = self.progress, self.touch
        if button is not None:
            told["touch"] = button.wanted
        return {**told, **self._profiles(), **self._phone(), **({"progress": done} if done else {})}

    @property
    def progress(self) -> tuple[str, int, int] | None:
        """The long work that the card is at, if it tells: what, how much is done, of how much."""
        return asked(self.card, "progress", tuple) if self.inserted else None

    @property
    def touch(self) -> Touch | None:
        """The button of the card that is in."""
        return asked(self.card, "touch", Touch) if self.inserted else None

    @property
    def departure(self) -> str | None:
        """Return where the client left the recording that the card replays; None if it did not."""
        return asked(self.card, "departure", str)

    def _phone(self) -> dict[str, Any]:
        """A SIM's menu, and its question to the user."""
        shown = asked(self.card, "phone_shown", MethodType) if self.inserted else None
        if shown is None:
            return {}
        found = shown()
        return {"phone": found} if any(found.values()) else {}

    @property
    def phone(self) -> Callable[..., dict[str, Any]] | None:
        """Does as a SIM's user does, if the card that is in is one."""
        return asked(self.card, "phone_told", MethodType) if self.inserted else None

    def _profiles(self) -> dict[str, Any]:
        """The profiles on a card that has some, an eUICC; nothing while it changes them.

        Each has its `name`, `iccid`, `enabled` and `port` (None: there is but one).
        """
        shown = asked(self.card, "profiles_shown", MethodType) if self.inserted else None
        if shown is None:
            return {}
        try:
            return {"profiles": shown()}
        except (KeyError, RuntimeError):
            return {}
