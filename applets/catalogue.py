"""The built-in cards by name, made from text options.

A room that brings a card adds one line to CARDS. What needs an optional package is imported
only when its card is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping

from vcard import DEFAULT_ATR, Applet, Card, Memory

from .hello import Hello
from .pin_dump import PinDump
from .random_number import RandomNumber

Options = Mapping[str, str]
CardFactory = Callable[[Memory | None, Options], Card]

APPLETS: dict[str, Callable[[], Applet]] = {
    "hello": Hello,
    "pin-dump": PinDump,
    "random": RandomNumber,
}
"""The applets that need nothing to be known about them; they can share one card."""

T0_ATR = bytes.fromhex("3B0780657663617264")
"""T=0 alone. The samples that ask for random bytes were written for such cards."""


def known_options(options: Options, known: Iterable[str], card: str) -> None:
    """ValueError if there is an option that the card has not; it names those it has."""
    names = sorted(known)
    for name in options:
        if name not in names:
            raise ValueError(f"the card {card!r} has no option {name!r}; it has {', '.join(names)}")


class MissingError(RuntimeError):
    """A card needs optional packages: those of the distribution's `extra`."""

    def __init__(self, text: str, extra: str) -> None:
        super().__init__(text)
        self.extra = extra


def optional(module: str, factory: str, extra: str) -> CardFactory:
    """The factory named `factory` in `module`, imported when it is first called.

    MissingError says which optional packages to install if the import fails.
    """

    def create(memory: Memory | None, options: Options) -> Card:
        try:
            found: CardFactory = getattr(importlib.import_module(module), factory)
        except ImportError as error:
            raise MissingError(f"{error}; this card needs more packages", extra) from error
        return found(memory, options)

    return create


def _simple(name: str) -> CardFactory:
    """A card with the applet `name`.

    Options: `atr` in hexadecimal; `with`, the names of more applets, separated by commas.
    The first applet answers before any SELECT only if it is `random`.
    """

    def create(memory: Memory | None, options: Options) -> Card:
        known_options(options, ("atr", "with"), name)
        more = [other for other in options.get("with", "").split(",") if other]
        applets = [_applet(one) for one in (name, *more)]
        default = applets[0] if name == "random" else None
        return Card(*applets, atr=_atr(name, options), memory=memory, default=default)

    return create


def _applet(name: str) -> Applet:
    if name not in APPLETS:
        raise ValueError(f"no applet is named {name!r}; there are {', '.join(sorted(APPLETS))}")
    return APPLETS[name]()


def _atr(name: str, options: Options) -> bytes:
    if "atr" not in options:
        return T0_ATR if name == "random" else DEFAULT_ATR
    try:
        atr = bytes.fromhex(options["atr"])
    except ValueError as error:
        raise ValueError(f"the option atr is not hexadecimal: {error}") from error
    if not 2 <= len(atr) <= 33:
        raise ValueError(f"an ATR has 2..33 bytes, not {len(atr)}")
    return atr


CARDS: dict[str, CardFactory] = {
    **{name: _simple(name) for name in APPLETS},
    "esim": optional("applets.esim.cards", "create", "esim"),
    "sim": optional("applets.sim.cards", "create", "esim"),
    "piv": optional("applets.piv.factory", "create", "piv"),
}
