"""Cards named in one line of text: the SPEC of the command line.

    hello                          a built-in card
    hello?with=pin-dump            with options
    mycards.py:card                an object of a file, or of an importable module (my.cards:card)
    esim.toml                      a file with `card = "..."`, and its options as keys
    pin-dump?state=card.state      a card that keeps its memory in a file
    piv?demo                       an option without a value is a switch
    ports:esim?mep=a1              a card in several slots of a reader, one for each of its ports
    script:card.txt                what a scheme makes of the rest (see schemes.py)

Each source is imported when a SPEC names it: most worlds need none but the catalogue.
"""

from __future__ import annotations

from typing import cast

from applets import catalogue
from vcard import Contact
from vcard.memory import StoredTypeError

from ..spec import Spec, SpecError
from .attachment import Attachment

Opened = Contact | Attachment

MOST_FILES = 16
"""Number of SPECs that may each lead to the next."""


def open_card(text: str) -> Opened:
    """Return the card or attachment that a SPEC names; SpecError says what is wrong.

    A new card each time, unless the SPEC names an object of a module. An error inside the
    user's own code comes out as it is.
    """
    return _opened(text, MOST_FILES)


def _opened(text: str, left: int) -> Opened:
    """The same; `left` is how many more SPECs may lead to it, as files and `ports:` do."""
    if not left:
        raise SpecError(f"{text[:80]}: more than {MOST_FILES} SPECs, each leading to the next")
    spec = Spec.parse(text)
    if not spec.source:
        raise SpecError(f"{text!r} names no card; built in are {catalogue.listed()}")
    scheme, colon, rest = spec.source.partition(":")
    if scheme == "ports" and colon:
        return _with_ports(text.removeprefix("ports:"), left - 1)
    if colon:
        return _from_scheme(spec, text, scheme, rest)
    if spec.source.endswith(".toml"):
        from .toml_cards import from_toml

        return _opened(str(from_toml(spec)), left - 1)
    return _from_catalogue(spec)


def _from_scheme(spec: Spec, text: str, scheme: str, rest: str) -> Opened:
    """Open a card by its scheme; without a scheme, as an object of a file or a module."""
    from .schemes import SCHEMES

    if scheme in SCHEMES:
        try:
            return SCHEMES[scheme](rest, spec.options)
        except (ValueError, RuntimeError) as error:
            raise SpecError(f"{text}: {error}") from error
    from .python_cards import from_python

    return from_python(spec, scheme, rest)


def _with_ports(text: str, left: int) -> Attachment:
    """A card whose ports have a slot each."""
    from .port_slots import Ported, PortSlots

    card = _opened(text, left)
    if not hasattr(card, "reset_port"):
        raise SpecError(f"{text}: this card has no ports to be put into slots")
    return PortSlots(cast(Ported, card))


def _from_catalogue(spec: Spec) -> Contact:
    if spec.source not in catalogue.CARDS:
        raise SpecError(_unknown(spec.source))
    try:
        if not spec.options:
            return catalogue.create(spec.source, None, {})
        from .option_files import memory, read_files

        options = dict(spec.options)
        kept = memory(options, spec.source)
        return catalogue.create(spec.source, kept, read_files(spec.source, options))
    except catalogue.MissingError as error:
        from ..system.optional_packages import pip_install  # slow to import, and seldom needed

        raise RuntimeError(f"{error}: {pip_install(error.extra)}") from error
    except (ValueError, StoredTypeError) as error:
        raise SpecError(str(error)) from error


def reader_of(text: str) -> str:
    """The reader model that a card's SPEC is built into; "" for a card that goes into any.

    Errors of a SPEC are reported when it is opened.
    """
    try:
        spec = Spec.parse(text)
        reader = catalogue.kind(spec.source).reader if spec.source in catalogue.CARDS else None
        return "" if reader is None else reader(spec.options)
    except ValueError:
        return ""


def _unknown(source: str) -> str:
    message = f"no card is named {source!r}; built in are {catalogue.listed()}"
    if source.endswith(".py"):
        return f"{message}. A card in a file is {source}:NAME"
    return f"{message}. Your own is FILE.py:NAME or MODULE:NAME"
