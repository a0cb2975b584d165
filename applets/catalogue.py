"""The built-in cards by name, made from text options.

A room that brings a card adds one line to _KINDS. A kind is imported at its first use, and modules
that need an optional package only when a card is made.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from applets.shared.card_kind import CardKind, MissingError, Names
from applets.shared.options import ATR, Option, Options, known_options, text
from vcard import Applet, Card, Memory

if TYPE_CHECKING:  # few cards have such commands
    from vcard.secret import SecretCommand

__all__ = ["ATR", "CARDS", "WITH", "MissingError", "create", "kind", "kinds", "names", "secrets"]

CardFactory = Callable[[Memory | None, Options], Card]

_KINDS = {
    "esim": "applets.esim.kind",
    "fido2": "applets.fido2.kind",
    "globalplatform": "applets.globalplatform.kind",
    "hello": "applets.hello",
    "openpgp": "applets.openpgp.kind",
    "pin-dump": "applets.pin_dump",
    "piv": "applets.piv.kind",
    "random": "applets.random_number",
    "sim": "applets.sim.kind",
    "yubikey": "applets.yubikey.kind",
}
"""Cards that come with vcard, and the module that has the KIND of each."""

WITH = text("with", "more applets on the card, separated by commas", example="with=pin-dump,random")


@cache
def kind(name: str) -> CardKind:
    """Return a card's declaration; KeyError if no built-in card has this name."""
    found: CardKind = importlib.import_module(_KINDS[name]).KIND
    return found


def kinds() -> Iterator[CardKind]:
    """Yield the declarations of all cards. No optional package is imported."""
    return map(kind, _KINDS)


def create(name: str, memory: Memory | None, options: Options) -> Card:
    """Make a card; ValueError for a wrong option, MissingError if packages are missing."""
    found = kind(name)
    return _with_applets(found, memory, options) if found.applet else found.make(memory, options)


def _with_applets(main: CardKind, memory: Memory | None, options: Options) -> Card:
    """Make a card with the kind's own applet and those that the option `with` names."""
    known: tuple[Option[Any], ...] = (ATR, WITH, *main.options)
    known_options(options, (option.name for option in known), main.name)
    more = [other for other in WITH.of(options).split(",") if other]
    applets = [_applet(one) for one in (main.name, *more)]
    default = applets[0] if main.answers_unselected else None
    atr = ATR.of(options)
    return Card(*applets, atr=main.atr if atr is None else atr, memory=memory, default=default)


def _applet(name: str) -> Applet:
    made = kind(name).applet if name in _KINDS else None
    if made is None:
        alone = ", ".join(one.name for one in kinds() if one.applet)
        raise ValueError(f"no applet is named {name!r}; there are {alone}")
    return made()


def listed() -> str:
    """Name the built-in cards, for a message."""
    return ", ".join(sorted(_KINDS))


CARDS: Mapping[str, CardFactory] = {name: partial(create, name) for name in _KINDS}
"""The factory of each card, by name."""


@cache
def names() -> Names:
    """Return the names of AIDs, instructions and tags of all cards, for a trace."""
    aids: dict[bytes, str] = {}
    instructions: dict[int, str] = {}
    tags: dict[int, str] = {}
    for one in kinds():
        aids |= one.names.aids
        instructions |= one.names.instructions
        tags |= one.names.tags
    return Names(aids, instructions, tags)


@cache
def secrets() -> frozenset[SecretCommand]:
    """Return the commands that write keys to any of the cards."""
    return frozenset(secret for one in kinds() for secret in one.secrets)
