"""`vcard trace`."""

from __future__ import annotations

import sys
from typing import TextIO

import click

from ifd_bridge import rendezvous
from ifd_bridge.control import Control
from ifd_bridge.trace.text import LIMIT, Text


@click.command("trace")
@click.option("--pins", is_flag=True, help="Show PINs instead of `**`.")
@click.option("--all-bytes", is_flag=True, help=f"Show more than {LIMIT} bytes of long data.")
@click.option("-o", "--output", type=click.File("w"), default="-", help="A file instead of stdout.")
@click.option("-n", "--count", type=int, help="End after so many events.")
def trace_command(output: TextIO, count: int | None, *, pins: bool, all_bytes: bool) -> None:
    """Show every call, message and APDU of a running world, until it ends.

    \b
    Examples:
      vcard trace
      vcard trace --output trace.txt &
    """
    text = Text(limit=None if all_bytes else LIMIT)
    with Control(rendezvous.find()) as control:
        try:
            for number, event in enumerate(control.events(pins=pins), 1):
                if isinstance(event, int):
                    output.write(f"{event} events lost: they came too fast\n")
                else:
                    output.write(text.line(event) + "\n")
                output.flush()
                if number == count:
                    break
        except KeyboardInterrupt:
            sys.exit(0)
