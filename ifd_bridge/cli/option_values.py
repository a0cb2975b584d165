"""The values of options: what a shell completes, and sizes as people write them (`20M`).

click calls the functions here with its context, the parameter and what has been typed of the value.
They import what a list is made of only then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import click


def _begun(names: Iterable[str], typed: str) -> list[str]:
    return [name for name in names if name.startswith(typed)]


def cards(_ctx: click.Context, _parameter: click.Parameter, typed: str) -> Sequence[str]:
    """Built-in cards and schemes; behind a `?`, the options of the card."""
    from applets import catalogue
    from ifd_bridge.cards.option_files import MEMORY_OPTIONS
    from ifd_bridge.cards.schemes import SCHEMES

    source, mark, tail = typed.partition("?")
    if not mark:
        return _begun([*catalogue.CARDS, *(f"{scheme}:" for scheme in SCHEMES), "ports:"], typed)
    if source not in catalogue.CARDS:
        return []
    before, _, _ = tail.rpartition("&")
    done = f"{source}?{before}&" if before else f"{source}?"
    own = catalogue.kind(source).options
    words = [option.name if option.type == "switch" else f"{option.name}=" for option in own]
    words += [f"{name}=" for name in sorted(MEMORY_OPTIONS)]
    return _begun([done + word for word in words], typed)


def built_in(_ctx: click.Context, _parameter: click.Parameter, typed: str) -> Sequence[str]:
    """Built-in cards."""
    from applets import catalogue

    return _begun(catalogue.CARDS, typed)


def models(_ctx: click.Context, _parameter: click.Parameter, typed: str) -> Sequence[str]:
    """Reader models, and what brings one from a file."""
    from readers.models import MODELS

    return _begun([*MODELS, "descriptor:"], typed)


def drivers(_ctx: click.Context, _parameter: click.Parameter, typed: str) -> Sequence[str]:
    """Drivers of a world's readers."""
    from ifd_bridge.worlds import offered

    return _begun(offered.drivers(), typed)


def worlds(_ctx: click.Context, _parameter: click.Parameter, typed: str) -> Sequence[str]:
    """Running worlds."""
    from ifd_bridge.control.rendezvous import named_worlds

    return _begun(named_worlds(), typed)


def commands(_ctx: click.Context, _parameter: click.Parameter, typed: str) -> Sequence[str]:
    """Commands of ours."""
    from ifd_bridge.cli import COMMANDS

    return _begun(COMMANDS, typed)


_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SIZE = re.compile(r"([0-9]{1,12})\s*([kmg]?)(?:i?b)?", re.IGNORECASE)
BOUND_HELP = "Such as 500k, 20M or 2G. Default: 1G."


class Size(click.ParamType):  # type: ignore[type-arg] # generic in newer versions of click only
    """A number of bytes, at least 1."""

    name = "SIZE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read a size; the usage error says how one is written."""
        found = _SIZE.fullmatch(str(value).strip())
        size = int(found[1]) * _UNITS[found[2].lower()] if found else 0
        if size < 1:
            self.fail(f"a size is 500k, 20M or 2G, not {value!r}", param, ctx)
        return size


SIZE = Size()
