"""The declaration of a card, so that other rooms need not know the card.

A room has its `CardKind` in a module that needs no optional package (`kind.py`, or the applet's own
module where that is small); one line in `applets.catalogue` names the module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vcard import DEFAULT_ATR, Applet, Card, Memory

from .options import Option, Options, known_options

if TYPE_CHECKING:  # few cards have such commands
    from vcard.secret import SecretCommand

CardMaker = Callable[[Memory | None, Options], Card]


class MissingError(RuntimeError):
    """A card needs optional packages: those of the distribution's `extra`."""

    def __init__(self, text: str, extra: str) -> None:
        super().__init__(text)
        self.extra = extra


@dataclass(frozen=True, slots=True)
class Names:
    """Names for people who read a trace: AIDs, or their beginnings; instructions; tags.

    `instructions` are those of class 80 that have no other name in a standard.
    """

    aids: Mapping[bytes, str] = field(default_factory=dict)
    instructions: Mapping[int, str] = field(default_factory=dict)
    tags: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardKind:
    """A card of the catalogue.

    Either `applet` makes its only applet, which can then share a card with others of this sort, or
    `factory` names the function that makes the card, "package.module:function": it is imported when
    a card is made, and called with the memory (or None) and the options. `extra` names the packages
    that it needs. `secrets` are the commands that carry keys; vcard.secret knows those with PINs.
    `atr` and `answers_unselected` apply only to cards with an `applet`. `reader` returns, from the
    options, the reader model that the card is built into, "" for none; it is None for cards that
    are never built in.
    """

    name: str
    help: str
    factory: str = ""
    applet: Callable[[], Applet] | None = None
    options: tuple[Option[Any], ...] = ()
    names: Names = Names()
    secrets: tuple[SecretCommand, ...] = ()
    extra: str = ""
    atr: bytes = DEFAULT_ATR
    answers_unselected: bool = False
    reader: Callable[[Options], str] | None = None

    def make(self, memory: Memory | None, options: Options) -> Card:
        """Make a card; ValueError for a wrong option, MissingError if packages are missing."""
        known_options(options, (option.name for option in self.options), self.name)
        module, _, name = self.factory.partition(":")
        try:
            maker: CardMaker = getattr(importlib.import_module(module), name)
        except ImportError as error:
            raise MissingError(f"{error}; this card needs more packages", self.extra) from error
        return maker(memory, options)

    def described(self) -> dict[str, object]:
        """Describe the card for a list: name, help, extra, options."""
        return {
            "name": self.name,
            "help": self.help,
            "extra": self.extra,
            "options": [option.described() for option in self.options],
        }
