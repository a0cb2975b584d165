"""The shared part of all steering commands: the choice of a world, and the request to it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import click

from ifd_bridge.control import rendezvous
from ifd_bridge.control.client import ANSWER_TIMEOUT_S, VARIABLE, Control

from . import option_values

QUIET = frozenset({"list", "service", "status"})
"""Verbs that change nothing, so that the world's name is not shown."""


class SteeringCommand(click.Command):
    """A command for a running world: with --world-name, which its function does not get."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = "Which world (see `vcard worlds`), for a caller outside of it."
        self.params.append(
            click.Option(
                ["--world-name"], metavar="NAME", help=text, shell_complete=option_values.worlds
            )
        )

    def invoke(self, ctx: click.Context) -> Any:
        """Call the function with its own options."""
        ctx.meta["vcard.world"] = ctx.params.pop("world_name", None)
        return super().invoke(ctx)


def do(verb: str, /, *, timeout_s: float = ANSWER_TIMEOUT_S, **arguments: Any) -> Any:
    """Make the chosen world do something; arguments that are None are left out.

    Prints the world's name on stderr if neither the caller nor the environment named it.
    """
    given = {key: value for key, value in arguments.items() if value is not None}
    with Control(meant(), timeout_s) as control:
        if verb not in QUIET and _named() is None and not os.environ.get(VARIABLE):
            told = control.do("status")
            click.echo(f"vcard: world {told['name']}: {shlex.join(told['command'])}", err=True)
        return control.do(verb, **given)


def meant() -> Path:
    """The control socket of the world named by --world-name or the environment, or the only one."""
    name = _named()
    return rendezvous.find() if name is None else rendezvous.find(name=name)


def _named() -> str | None:
    context = click.get_current_context(silent=True)
    name: str | None = context.meta.get("vcard.world") if context else None
    return name
