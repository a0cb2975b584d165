"""The declaration of a card, so that no other room has to know it.

A room has its `CardKind` in a module that needs no optional package (`kind.py`, or the applet's own
module where that is small); `applets.catalogue` has a line that says where.
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

    `instructions` are those of class 80 that no standard names otherwise.
    """

    aids: Mapping[bytes, str] = field(default_factory=dict)
    instructions: Mapping[int, str] = field(default_factory=dict)
    tags: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardKind:
    """A card of the catalogue.

    Either `applet` makes its only applet, which then can share a card with others of the kind, or
    `factory` is where its maker stands, "package.module:function": it is imported when a card is
    made, and gets the memory (or None) and the options. `extra` names the packages that it needs.
    `secrets` are the commands that carry keys; those with PINs are known (see vcard.secret).
    `atr` and `answers_unselected` are for cards with an `applet` alone. `reader` tells from the
    options which reader model the card is built into; "" for a card that goes into any.
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
    reader: Callable[[Options], str] = lambda options: ""  # noqa: ARG005 - any options

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
