"""`--reader` and `--card`, whose order matters: a card goes into the last model named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from ifd_bridge.spec import SpecError
from ifd_bridge.worlds.description import ReaderDescription, WorldDescription
from ifd_bridge.worlds.reader_models import DEFAULT_MODEL, usual_model

from . import option_values

_NAMES = {"--reader": "reader", "-r": "reader", "--card": "card", "-c": "card"}

Places = list[ReaderDescription]


class OrderedCommand(click.Command):
    """A command that hands `places` the readers and cards in the order they were named.

    click gives each option its values, but not the order among options: so they are all turned
    into one hidden option before it parses.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as usual, with --reader and --card made into --place."""
        return super().parse_args(ctx, self._rewritten(args))

    def _rewritten(self, args: list[str]) -> list[str]:
        done: list[str] = []
        rest = list(args)
        while rest and rest[0].startswith("-") and rest[0] != "--":
            name, sign, value = rest.pop(0).partition("=")
            option = _NAMES.get(name)
            if option is None:
                done.append(name + sign + value)
                if not sign and name in self._with_value() and rest:
                    done.append(rest.pop(0))
            elif sign or rest:
                done.append(f"--place={option}={value if sign else rest.pop(0)}")
            else:
                done.append(name)  # no value: click says so
        return done + rest

    def _with_value(self) -> set[str]:
        return {
            name
            for parameter in self.params
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --reader and --card; the command gets `places`."""
    for option in (
        click.option("--place", "places", multiple=True, hidden=True, callback=_read),
        click.option(
            "-c",
            "--card",
            metavar="SPEC",
            shell_complete=option_values.cards,
            expose_value=False,
            help="A reader with this card: a built-in name, FILE.py:NAME, MODULE:NAME or "
            "FILE.toml; options follow a `?` as key=value&key=value. Can be given again.",
        ),
        click.option(
            "-r",
            "--reader",
            metavar="MODEL",
            shell_complete=option_values.models,
            expose_value=False,
            help="The model of the readers that follow; without cards, an empty one: a name of "
            "`vcard models`, descriptor:FILE (a real reader's public descriptor), FILE.toml or "
            f"FILE.py:NAME. Default: {DEFAULT_MODEL}, and for a token the reader that it is.",
        ),
    ):
        command = option(command)
    return command


def _read(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Places:  # noqa: ARG001 - click's signature
    named = [(name, value) for name, _, value in (text.partition("=") for text in values)]
    if doubt := misplaced(named):
        click.echo(f"vcard: warning: {doubt}", err=True)
    return places(named)


def misplaced(named: list[tuple[str, str]]) -> str | None:
    """Return the order that was probably meant by a card before its reader; None if all is well."""
    if len(named) < 2 or named[-1][0] != "reader" or named[-2][0] != "card":
        return None
    if any(option == "reader" for option, _ in named[:-1]):
        return None
    (_, card), (_, reader) = named[-2:]
    return (
        f"{card!r} is in a {DEFAULT_MODEL} reader and {reader!r} is empty, since a card goes into"
        f" the reader named before it; for a card in it: --reader {reader} --card {card}"
    )


def places(named: list[tuple[str, str]]) -> Places:
    """The readers, each with its card or none, that a list of options makes."""
    made: Places = []
    model, used = "", True
    for option, value in named:
        if option == "reader":
            if not used:
                made.append(ReaderDescription(model))
            model, used = value, False
        else:
            cards = _cards(option, value)
            made.append(ReaderDescription(model or usual_model(cards), cards))
            used = True
    if not used or not made:
        made.append(ReaderDescription(model or DEFAULT_MODEL))
    return made


def _cards(option: str, value: str) -> tuple[str, ...]:
    if not value:
        raise SpecError("'' names no card; `vcard cards` lists those that are built in")
    return tuple(json.loads(value)) if option == "cards" else (value,)


def as_options(described: WorldDescription) -> list[str]:
    """The readers of a description as `--place` has them, for click's map of defaults."""
    named = []
    for reader in described.readers:
        named.append(f"reader={reader.model}")
        if reader.cards:
            named.append(f"cards={json.dumps(reader.cards)}")
    return named
