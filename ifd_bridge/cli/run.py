"""`vcard run` and `vcard serve`."""

from __future__ import annotations

import contextlib
import itertools
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import click

from ifd_bridge import system
from ifd_bridge.trace.text import text_tap
from ifd_bridge.world import World, private

from . import child
from .places import OrderedCommand, Places, place_options

TO_THE_END = {"allow_interspersed_args": False}


def world_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `run` and `serve` share."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Show pcscd's own log at the end."),
        click.option(
            "--driver",
            metavar="NAME",
            default="bridge",
            help="What drives the readers: bridge (ours), or the distribution's own libccid or "
            "libccid-serial.",
        ),
        click.option("--pins", is_flag=True, help="Show PINs in the trace instead of `**`."),
        click.option(
            "-t",
            "--trace",
            type=click.File("w"),
            help="Write every call, message and APDU to FILE; `-` is the terminal (stderr).",
        ),
    ):
        command = option(command)
    return place_options(command)


@click.command("run", cls=OrderedCommand, context_settings=TO_THE_END)
@world_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run_command(
    places: Places,
    trace: TextIO | None,
    command: tuple[str, ...],
    driver: str,
    *,
    pins: bool,
    verbose: bool,
) -> None:
    """Run COMMAND with PC/SC readers and cards of its own; exit with its status.

    Signals are passed on to it. Inside, `vcard eject`, `vcard insert`, `vcard press` and the
    others steer its readers.

    \b
    Examples:
      vcard run --card hello -- pcsc_scan -r
      vcard run --reader pinpad --card pin-dump -- python3 my_pin_test.py
      vcard run --card mycards.py:card -- scriptor
      vcard run --reader pinpad --card hello --card random --reader plain -- opensc-tool -l
      vcard run --trace - --card 'hello?with=pin-dump' -- sh -c 'opensc-tool -a; vcard eject'
    """
    world = _private_world(places, driver, verbose=verbose)
    held = child.hold_signals()
    with _watched(world, trace, pins=pins, verbose=verbose):
        try:
            status = child.run(command, {**child.path_with_vcard(), **world.environ}, held)
        except OSError as error:
            click.echo(f"vcard: cannot run {command[0]!r}: {error.strerror}", err=True)
            status = child.status_of(error)
    sys.exit(status)


@click.command("serve", cls=OrderedCommand)
@world_options
@click.option(
    "--system",
    "to_system",
    is_flag=True,
    help="Serve what `vcard install` gave the system's pcscd.",
)
def serve_command(
    places: Places, trace: TextIO | None, driver: str, *, pins: bool, verbose: bool, to_system: bool
) -> None:
    """Keep PC/SC readers and cards running until interrupted.

    Prints the line that lets a shell's other programs use them.

    \b
    Examples:
      vcard serve --reader pinpad --card hello &
      vcard list; vcard eject; vcard insert; vcard press 1 2 3 4 OK
      eval "$(vcard list --export)"; pcsc_scan -r
      sudo vcard serve --system --card hello
    """
    world = _system_world(places) if to_system else _private_world(places, driver, verbose=verbose)
    held = child.hold_signals()
    with _watched(world, trace, pins=pins, verbose=verbose):
        click.echo(f"export {' '.join(f'{k}={v}' for k, v in world.environ.items())}")
        sys.stdout.flush()
        signal.sigwait(held)


def _private_world(places: Places, driver: str, *, verbose: bool) -> World:
    return World(places, host=private(driver, verbose=verbose))


def _system_world(places: Places) -> World:
    """The readers that are installed, with the cards named for them in turn."""
    installed = system.installed()
    if installed is None:
        raise click.ClickException("nothing is installed; as root: vcard install --reader MODEL")
    cards = [card for _, card in places]
    if len(cards) > len(installed.models):
        raise click.ClickException(
            f"{len(installed.models)} readers are installed, not {len(cards)}"
        )
    filled = itertools.zip_longest(installed.models, cards)
    return World(filled, host=lambda world: system.SystemHost(installed.socket, world.served()))


@contextlib.contextmanager
def _watched(world: World, trace: TextIO | None, *, pins: bool, verbose: bool) -> Iterator[None]:
    if trace is not None:
        file = sys.stderr if trace.name == "<stdout>" else trace
        world.trace.add(text_tap(file, pins=pins))
    with world:
        try:
            yield
        finally:
            if verbose:
                click.echo(world.log, err=True)
