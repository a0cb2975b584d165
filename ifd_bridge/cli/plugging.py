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


def _of_a_reader(verb: str, text: str) -> click.Command:
    """A command that is a verb of the world about one reader."""

    @click.command(verb, cls=SteeringCommand, help=text)
    @reader_option
    @no_wait
    def command(reader: str | None, *, wait: bool | None) -> None:
        do(verb, reader=reader, wait=wait)

    return command


remove_command = _of_a_reader(
    "remove",
    """Pull a reader out for good, with its cards; the only one need not be named.

    Its number is not used again. `vcard unplug` pulls one out that can be plugged in again.

    \b
    Examples:
      vcard remove --reader 1
      vcard remove --reader pinpad
    """,
)
plug_command = _of_a_reader(
    "plug",
    """Plug in a reader that was unplugged.

    \b
    Example:
      vcard plug --reader 0
    """,
)
unplug_command = _of_a_reader(
    "unplug",
    """Unplug a reader.

    \b
    Example:
      vcard unplug --reader 0
    """,
)
