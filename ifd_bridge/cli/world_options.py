"""The options that `vcard run` and `vcard serve` share: they describe a world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ifd_bridge.worlds.description import WorldDescription

from . import option_values
from .option_values import BOUND_HELP, SIZE
from .places import Places, as_options, place_options


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The parsed options: the world, and the work to do with it."""

    world: WorldDescription
    verbose: bool
    command: tuple[str, ...]

    @classmethod
    def of(
        cls,
        command: tuple[str, ...],
        *,
        places: Places,
        faults: tuple[str, ...],
        pins: bool,
        verbose: bool,
        print_world: bool,
        **same: Any,
    ) -> Wanted:
        """Take click's values; print the world and exit if that was asked for."""
        world = WorldDescription(
            readers=tuple(places), faults=tuple(faults), show_pins=pins, **same
        )
        if print_world:
            click.echo(str(world), nl=False)
            click.get_current_context().exit()
        return cls(world=world, verbose=verbose, command=command)


def _defaults(ctx: click.Context, parameter: click.Parameter, path: str | None) -> None:  # noqa: ARG001 - click's signature
    """Let a file say what the command line does not."""
    if path is None:
        return
    told = WorldDescription.load(Path(path))
    ctx.default_map = {
        "name": told.name,
        "driver": told.driver,
        "faults": list(told.faults),
        "seed": told.seed,
        "trace": told.trace,
        "trace_limit": told.trace_limit,
        "pcap": told.pcap,
        "pcap_limit": told.pcap_limit,
        "record": told.record,
        "pins": told.show_pins,
        "places": as_options(told),
    }


def world_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `run` and `serve` share."""
    for option in (
        click.option("--name", metavar="NAME", help="What `--world-name` finds this world by."),
        click.option("-v", "--verbose", is_flag=True, help="Show pcscd's own log at the end."),
        click.option(
            "--driver",
            metavar="NAME",
            shell_complete=option_values.drivers,
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
            metavar="FILE",
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
            "--print-world",
            is_flag=True,
            help="Print what these options make as a file for --world, and end.",
        ),
        click.option(
            "--world",
            metavar="FILE",
            is_eager=True,
            expose_value=False,
            callback=_defaults,
            help="A world as a file; other options go before what it says.",
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
