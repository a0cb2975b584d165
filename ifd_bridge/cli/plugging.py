"""The commands that change which readers a running world has."""

from __future__ import annotations

import click

from .places import OrderedCommand, Places, place_options
from .steer import no_wait, reader_option
from .steering import SteeringCommand, do

seed_option = click.option("--seed", type=int, help="For what is random in faults. Default: 0.")


class OrderedSteeringCommand(OrderedCommand, SteeringCommand):
    """A command for a running world that takes a reader and its cards as `vcard run` does."""


@click.command("add", cls=OrderedSteeringCommand)
@place_options
@click.option(
    "--fault",
    "faults",
    metavar="TEXT",
    multiple=True,
    help="A fault of these readers or their cards, as of `vcard run`, in place of the world's. "
    "Can be given again.",
)
@seed_option
@no_wait
def add_command(
    places: Places, faults: tuple[str, ...], seed: int | None, *, wait: bool | None
) -> None:
    """Plug new readers into the running world, each with its card.

    Their names must be known to its pcscd since it began: those of `vcard models` are.

    \b
    Examples:
      vcard add --reader pinpad --card hello
      vcard add --card 'piv?demo'
      vcard add --reader two-slot
      vcard add --fault reader,nth=9:silent --card hello
    """
    for place in places:
        numbers = do(
            "add",
            reader=place.model,
            cards=list(place.cards),
            faults=faults or None,
            seed=seed,
            wait=wait,
        )
        for number in numbers:
            click.echo(f"reader {number}: {place.model}")


@click.command("fault", cls=SteeringCommand)
@click.argument("faults", metavar="[TEXT]...", nargs=-1)
@reader_option
@seed_option
def fault_command(faults: tuple[str, ...], reader: str | None, seed: int | None) -> None:
    """Let a reader, or the cards in it, fail from now on; without a TEXT it works again.

    TEXT is as for `vcard run --fault`. A fault of a card counts from the next time that one is put
    in. The only reader need not be named.

    \b
    Examples:
      vcard fault reader:silent
      vcard fault --reader pinpad control:error
      vcard fault 'ins=20,nth=2:remove'; vcard swap
      vcard fault
    """
    do("fault", faults=faults, reader=reader, seed=seed)


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
