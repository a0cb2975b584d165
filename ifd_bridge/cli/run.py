"""`vcard run` and `vcard serve`."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from applets.catalogue import CARDS
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.spec import Spec
from ifd_bridge.worlds.world import World, described, private

from . import OWN_FAILURE, child, own_end
from .places import OrderedCommand
from .world_options import Wanted, world_options

if TYPE_CHECKING:  # most worlds write nothing beside their work
    from ifd_bridge.worlds.sinks import Sinks
    from ifd_bridge.worlds.wrapping import Wrapper

TO_THE_END = {"allow_interspersed_args": False}


@click.command("run", cls=OrderedCommand, context_settings=TO_THE_END)
@world_options
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def run_command(context: click.Context, /, command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND with PC/SC readers and cards of its own; exit with its status.

    Signals are passed on to it. Inside, `vcard eject`, `vcard insert`, `vcard press` and the
    others steer its readers.

    \b
    Examples:
      vcard run --card hello -- pcsc_scan -r
      vcard run --reader pinpad --card pin-dump -- python3 my_pin_test.py
      vcard run --card mycards.py:card -- scriptor
      vcard run --reader pinpad --card hello --card random --reader plain -- opensc-tool -l
      vcard run --record hello.txt --card hello -- opensc-tool -a
      vcard run --card replay:hello.txt -- opensc-tool -a
      vcard run --fault 'ins=20,nth=2:remove' --card pin-dump -- python3 my_test.py
      vcard run --trace - --card 'hello?with=pin-dump' -- sh -c 'opensc-tool -a; vcard eject'
      vcard run --reader pinpad --card hello --print-world > world.toml
      vcard run --world world.toml -- pcsc_scan -r
    """
    wanted = Wanted.of(command, **options)
    if not command:
        raise click.MissingParameter(ctx=context, param_hint="'COMMAND...'", param_type="argument")
    with child.held_signals() as held, _world(wanted, held) as (world, sinks):
        try:
            status = child.run(command, {**child.path_with_vcard(), **world.environ}, held)
        except OSError as error:
            meant = f"; the card is --card {command[0]}" if command[0] in CARDS else ""
            click.echo(f"vcard: cannot run {command[0]!r}: {error.strerror}{meant}", err=True)
            status = child.status_of(error)
        for departure in world.departures():
            click.echo(f"vcard: the client left the recording: {departure}", err=True)
            status = status or 1
    sys.exit(status or (OWN_FAILURE if _lacks(world, sinks) else 0))


@click.command("serve", cls=OrderedCommand)
@world_options
@click.option(
    "--system",
    "to_system",
    is_flag=True,
    help="Serve what `vcard install` gave the system's pcscd.",
)
@click.option(
    "--usb",
    metavar="WAY",
    help="Make the readers USB devices: redir:DIR (a unix socket each, for virtual machines), "
    "vhci (this machine's own kernel; as root), uhid (the same, FIDO alone) or ip[:PORT] (USB/IP "
    "on 127.0.0.1). No pcscd is started.",
)
@click.option(
    "--listen",
    metavar="ADDRESS",
    help="Where --usb ip listens instead; USB/IP has no password.",
)
def serve_command(*, to_system: bool, usb: str | None, listen: str | None, **options: Any) -> None:
    """Keep PC/SC readers and cards running until interrupted.

    Prints the line that lets a shell's other programs use them, or what a USB host is to be told.

    \b
    Examples:
      vcard serve --reader pinpad --card hello &
      vcard list; vcard eject; vcard insert; vcard press 1 2 3 4 OK
      eval "$(vcard list --export)"; pcsc_scan -r
      sudo vcard serve --system --card hello
      vcard serve --usb redir:/tmp/vcard --reader pinpad --card 'piv?demo'
      sudo vcard serve --usb vhci --card hello
    """
    wanted = Wanted.of(("vcard", "serve"), **options)
    make: Maker = _system_world if to_system else _private_world
    if usb is not None or listen is not None:
        if to_system or wanted.world.driver != "bridge":
            raise click.ClickException("--usb takes neither --system nor --driver: hosts have both")
        make = usb_world(usb or "", listen)
    with child.held_signals() as held, _world(wanted, held, make) as (world, sinks):
        click.echo(f"export {' '.join(f'{k}={v}' for k, v in world.environ.items())}")
        for line in world.told():
            click.echo(line)
        sys.stdout.flush()
        from . import progress  # a world for one command shows none

        with progress.of_cards(world):
            signal.sigwait(held)
    sys.exit(1 if _lacks(world, sinks) else 0)


def _lacks(world: World, sinks: Sinks | None) -> bool:
    """Whether something is missing in a file that was to be written."""
    return world.capture_failed or (sinks is not None and sinks.failed)


Maker = Callable[[Wanted, "Sequence[Wrapper]"], World]


def _readers(wanted: Wanted) -> list[tuple[str, Sequence[str]]]:
    return [(one.model, one.cards) for one in wanted.world.readers]


def _private_world(wanted: Wanted, wrappers: Sequence[Wrapper]) -> World:
    host = private(
        wanted.world.driver, verbose=wanted.verbose, for_this_process=False, on_end=_tell_of_pcscd
    )
    return World(
        _readers(wanted),
        host=host,
        wrappers=wrappers,
        name=wanted.world.name,
        about=wanted.command,
        on_stop=_end,
    )


def _end() -> None:
    """End this process as a signal from outside does: `run` passes it on to its command."""
    os.kill(os.getpid(), signal.SIGTERM)


def _tell_of_pcscd(status: int | None) -> None:
    """Say at once that clients have lost their service, and how they get it back."""
    how = f"by signal {-status}" if status is not None and status < 0 else f"with status {status}"
    click.echo(f"vcard: pcscd has ended {how}; `vcard service start` starts it again", err=True)


def _system_world(wanted: Wanted, wrappers: Sequence[Wrapper]) -> World:
    """The readers that are installed, with the cards named for them in turn."""
    from ifd_bridge.pcscd.installation import installed
    from ifd_bridge.worlds.system_host import SystemHost

    found = installed()
    if found is None:
        raise click.ClickException("nothing is installed; as root: vcard install --reader MODEL")
    cards = [cards for _, cards in _readers(wanted)]
    if len(cards) > len(found.models):
        raise click.ClickException(f"{len(found.models)} readers are installed, not {len(cards)}")
    driver = Spec.parse(wanted.world.driver)
    if driver.source != "bridge":
        raise click.ClickException(
            "the system's pcscd reaches our readers by --driver bridge alone"
        )
    options = DriverOptions().changed(driver.options)
    filled = itertools.zip_longest(found.models, cards)
    return World(
        filled,
        host=lambda places: SystemHost(places, found.socket, options),
        wrappers=wrappers,
        name=wanted.world.name,
        about=wanted.command,
        on_stop=_end,
    )


def usb_world(text: str, listen: str | None) -> Maker:
    """Return a maker of worlds whose readers are USB devices; ValueError if `text` names no way."""
    from ifd_bridge.faces.ways import way
    from ifd_bridge.worlds.usb_host import UsbHost

    chosen = way(text, listen)
    return lambda wanted, wrappers: World(
        _readers(wanted),
        host=lambda places: UsbHost(places, chosen),
        wrappers=wrappers,
        name=wanted.world.name,
        about=wanted.command,
        on_stop=_end,
    )


@contextlib.contextmanager
def _world(
    wanted: Wanted, held: set[signal.Signals], make: Maker = _private_world
) -> Iterator[tuple[World, Sinks | None]]:
    """The world that the options describe; signals end its making."""
    made = described(
        wanted.world, lambda wrappers: make(wanted, wrappers), lambda: child.endable(held)
    )
    with own_end.ours_alone(), made as (world, sinks):
        try:
            yield world, sinks
        finally:
            if wanted.verbose:
                click.echo(world.log, err=True)
