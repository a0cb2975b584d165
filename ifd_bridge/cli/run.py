"""`vcard run` and `vcard serve`."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applets.catalogue import CARDS
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.spec import Spec
from ifd_bridge.worlds.world import World, private
from ifd_bridge.worlds.wrapping import Wrapper, faulty

from . import OWN_FAILURE, child
from .places import OrderedCommand, Places, place_options
from .sizes import BOUND_HELP, SIZE

if TYPE_CHECKING:  # most worlds write nothing beside their work
    from .sinks import Sinks

TO_THE_END = {"allow_interspersed_args": False}


def world_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `run` and `serve` share."""
    for option in (
        click.option("--name", metavar="NAME", help="What `--world-name` finds this world by."),
        click.option("-v", "--verbose", is_flag=True, help="Show pcscd's own log at the end."),
        click.option(
            "--driver",
            metavar="NAME",
            default="bridge",
            help="What drives the readers: bridge (ours), the distribution's own libccid or "
            "libccid-serial, or kernel (libccid through this machine's kernel; as root); "
            "behind a `?` what an administrator sets, as in libccid's Info.plist: "
            "`bridge?ifdDriverOptions=0x0001`, `bridge?as=1.8.4` (a libccid).",
        ),
        click.option(
            "--show-pins",
            "--pins",
            "pins",
            is_flag=True,
            help="Show PINs in the trace instead of `**`.",
        ),
        click.option(
            "--pcap",
            metavar="FILE",
            help="Write a capture for Wireshark; FILE may be a named pipe.",
        ),
        click.option(
            "--record",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write every exchange to FILE, as text that `--card replay:FILE` answers from.",
        ),
        click.option("--seed", default=0, help="For what is random in faults. Default: 0."),
        click.option(
            "--fault",
            "faults",
            metavar="TEXT",
            multiple=True,
            help="Break something in every card: `ins=20:mute`, `ins=20,nth=3:status=6F00`, "
            "`...:delay=2`, `ins=B0:cut=1`, `ins=20:remove`, `write=2:tear=after`, `atr=3B00`, "
            "also answer, oversize, hostile, reset; below the APDU `power-up,nth=2:mute`, "
            "`power-up=warm:answer=3B00`, `pps:refuse`, `block=3:raw=00820082`; in every reader "
            "`reader,nth=5:silent`, `usb,nth=9:reset`, `control:error`. Can be given again.",
        ),
        click.option(
            "-t",
            "--trace",
            metavar="FILE",
            help="Write every call, message and APDU to FILE; `-` is the terminal (stderr).",
        ),
        click.option("--trace-limit", type=SIZE, help=f"Stop the trace there. {BOUND_HELP}"),
        click.option("--pcap-limit", type=SIZE, help=f"Stop the capture there. {BOUND_HELP}"),
    ):
        command = option(command)
    return place_options(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the shared options say."""

    places: Places
    driver: str
    trace: str | None
    trace_limit: int | None
    pcap: str | None
    pcap_limit: int | None
    record: Path | None
    faults: tuple[str, ...]
    seed: int
    pins: bool
    verbose: bool
    name: str | None
    command: tuple[str, ...] = ()


@click.command("run", cls=OrderedCommand, context_settings=TO_THE_END)
@world_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run_command(command: tuple[str, ...], **options: Any) -> None:
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
    """
    wanted = Wanted(**options, command=command)
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
    sys.exit(status or (OWN_FAILURE if sinks and sinks.failed else 0))


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
    "vhci (this machine's own kernel; as root) or ip[:PORT] (USB/IP on 127.0.0.1). "
    "No pcscd is started.",
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
    wanted = Wanted(**options, command=("vcard", "serve"))
    make: Maker = _system_world if to_system else _private_world
    if usb is not None or listen is not None:
        if to_system or wanted.driver != "bridge":
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
    sys.exit(1 if sinks and sinks.failed else 0)


Maker = Callable[[Wanted, Sequence[Wrapper]], World]


def _private_world(wanted: Wanted, wrappers: Sequence[Wrapper]) -> World:
    host = private(
        wanted.driver, verbose=wanted.verbose, for_this_process=False, on_end=_tell_of_pcscd
    )
    return World(
        wanted.places,
        host=host,
        wrappers=wrappers,
        name=wanted.name,
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
    cards = [card for _, card in wanted.places]
    if len(cards) > len(found.models):
        raise click.ClickException(f"{len(found.models)} readers are installed, not {len(cards)}")
    driver = Spec.parse(wanted.driver)
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
        name=wanted.name,
        about=wanted.command,
        on_stop=_end,
    )


def usb_world(text: str, listen: str | None) -> Maker:
    """What makes a world whose readers are USB devices; ValueError if `text` names no way."""
    from ifd_bridge.faces.ways import way
    from ifd_bridge.worlds.usb_host import UsbHost

    chosen = way(text, listen)
    return lambda wanted, wrappers: World(
        wanted.places,
        host=lambda places: UsbHost(places, chosen),
        wrappers=wrappers,
        name=wanted.name,
        about=wanted.command,
        on_stop=_end,
    )


def faults_of(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The faults of cards, and those of readers."""
    if not texts:
        return [], []
    from readers.fault_text import is_reader_fault  # few worlds have faults

    of_readers = [text for text in texts if is_reader_fault(text)]
    return [text for text in texts if text not in of_readers], of_readers


@contextlib.contextmanager
def _world(
    wanted: Wanted, held: set[signal.Signals], make: Maker = _private_world
) -> Iterator[tuple[World, Sinks | None]]:
    """The world that the options describe, watched as they say; signals end its making."""
    with contextlib.ExitStack() as exits:
        with child.endable(held):
            sinks = _sinks(wanted)
            of_cards, of_readers = faults_of(wanted.faults)
            wrappers = [faulty(of_cards, wanted.seed)] if of_cards else []
            if sinks is not None:
                wrappers += exits.enter_context(sinks).wrappers
            world = make(wanted, wrappers)
            for place in world.places:
                if of_readers:
                    place.break_by(of_readers)
            if sinks is not None:
                sinks.watch(world, wanted.trace, wanted.trace_limit, pins=wanted.pins)
                sinks.capture(world, wanted.pcap, wanted.pcap_limit, pins=wanted.pins)
            exits.enter_context(world)
        if wanted.verbose:
            exits.callback(lambda: click.echo(world.log, err=True))
        yield world, sinks


def _sinks(wanted: Wanted) -> Sinks | None:
    """What writes the files that the options name; None, and nothing imported, without any."""
    if (wanted.record, wanted.trace, wanted.pcap) == (None, None, None):
        return None
    from .sinks import Sinks

    return Sinks(wanted.record)
