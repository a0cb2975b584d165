"""The commands that change which readers a running world has."""

from __future__ import annotations

import click

from .places import OrderedCommand, Places, place_options
from .steer import no_wait, reader_option
from .steering import SteeringCommand, do


class OrderedSteeringCommand(OrderedCommand, SteeringCommand):
    """A command for a running world that takes a reader and its cards as `vcard run` does."""


@click.command("add", cls=OrderedSteeringCommand)
@place_options
@no_wait
def add_command(places: Places, *, wait: bool | None) -> None:
    """Plug new readers into the running world, each with its card.

    Their names must be known to its pcscd since it began: those of `vcard models` are.

    \b
    Examples:
      vcard add --reader pinpad --card hello
      vcard add --card 'piv?demo'
      vcard add --reader two-slot
    """
    for place in places:
        numbers = do("add", reader=place.model, cards=list(place.cards), wait=wait)
        for number in numbers:
            click.echo(f"reader {number}: {place.model}")


@click.command("remove", cls=SteeringCommand)
@reader_option
@no_wait
def remove_command(reader: str | None, *, wait: bool | None) -> None:
    """Pull a reader out for good, with its cards; the only one need not be named.

    Its number is not used again. `vcard unplug` pulls one out that can be plugged in again.

    \b
    Examples:
      vcard remove --reader 1
      vcard remove --reader pinpad
    """
    do("remove", reader=reader, wait=wait)


@click.command("plug", cls=SteeringCommand)
@reader_option
@no_wait
def plug_command(reader: str | None, *, wait: bool | None) -> None:
    """Plug in a reader that was unplugged.

    \b
    Example:
      vcard plug --reader 0
    """
    do("plug", reader=reader, wait=wait)


@click.command("unplug", cls=SteeringCommand)
@reader_option
@no_wait
def unplug_command(reader: str | None, *, wait: bool | None) -> None:
    """Unplug a reader.

    \b
    Example:
      vcard unplug --reader 0
    """
    do("unplug", reader=reader, wait=wait)
