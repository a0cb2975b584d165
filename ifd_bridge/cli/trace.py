"""`vcard trace`."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ifd_bridge.control.client import Control
from ifd_bridge.system.written_file import WrittenFile
from ifd_bridge.trace.capture import Capture
from ifd_bridge.trace.capture_file import identify
from ifd_bridge.trace.events import Event
from ifd_bridge.trace.json_form import encoded
from ifd_bridge.trace.text import LIMIT, Filter, Text
from ifd_bridge.trace.wording import Layer, tell

from .option_values import BOUND_HELP, SIZE
from .packet_keys import given_keys, packet_keys
from .steering import SteeringCommand, meant


@click.command("trace", cls=SteeringCommand)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([layer.value for layer in Layer]),
    help="Only these layers.",
)
@click.option("-r", "--reader", default="", metavar="NAME", help="Only readers with this name.")
@click.option("--json", "as_json", is_flag=True, help="JSON, one event a line.")
@click.option("--pcap", metavar="FILE", help="Write a capture for Wireshark; `-` is stdout.")
@click.option("--raw", is_flag=True, help="Keep blocks and pieces in the capture as they are.")
@click.option("--show-pins", "--pins", "pins", is_flag=True, help="Show PINs instead of `**`.")
@click.option("--all-bytes", is_flag=True, help=f"Show more than {LIMIT} bytes of long data.")
@click.option("--tree/--no-tree", default=True, help="Show what is inside data. Default: yes.")
@packet_keys
@click.option("--color/--no-color", default=None, help="Default: on a terminal.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="A file instead of stdout.")
@click.option("--limit", type=SIZE, help=f"Stop the file there. {BOUND_HELP}")
@click.option("-n", "--count", type=click.IntRange(1), help="End after so many events.")
def trace_command(
    only: tuple[str, ...],
    reader: str,
    pcap: str | None,
    output: str | None,
    count: int | None,
    *,
    limit: int | None,
    as_json: bool,
    raw: bool,
    pins: bool,
    all_bytes: bool,
    tree: bool,
    color: bool | None,
    **keys: bytes | None,
) -> None:
    """Show every call, message and APDU of a running world, until it ends.

    \b
    Examples:
      vcard trace
      vcard trace --only apdu --reader pin
      vcard trace --kic 4041..4F --kid 4041..4F
      vcard trace --json | jq .command
      vcard trace --pcap capture.pcapng
      vcard trace --pcap - | wireshark -k -i -
    """
    wanted = Filter(frozenset(map(Layer, only)) or frozenset(Layer), reader)
    world = _with_reader(reader)
    if pcap is not None:
        write_capture(pcap, world, reader=reader, count=count, pins=pins, raw=raw, limit=limit)
        return
    colour = output is None and sys.stdout.isatty() if color is None else color
    text = Text(wanted, colour, tree, None if all_bytes else LIMIT, given_keys(keys))
    with _written(output, limit) as file:
        for event in _events(world, count, pins=pins):
            for line in _lines(event, wanted, text, as_json=as_json):
                file.line(line)


def _with_reader(reader: str) -> Path:
    """The world that is meant; ValueError if none of its readers has this in its name."""
    world = meant()
    if not reader:
        return world
    with Control(world) as control:
        names = [one["name"] for one in control.do("list")]
    if not any(reader.lower() in name.lower() for name in names):
        raise ValueError(
            f"no reader is {reader!r}; there are {', '.join(map(repr, names)) or 'none'}"
        )
    return world


@contextlib.contextmanager
def _written(path: str | None, limit: int | None) -> Iterator[WrittenFile]:
    """The file, or stdout; exits with 1 if it could not be written to its end."""
    with WrittenFile(path or "-", limit=limit) as file:
        yield file
        if file.failure:
            sys.exit(1)


def _events(world: Path, count: int | None, *, pins: bool) -> Iterator[Event]:
    """The events, until the world ends, the user interrupts, or there were enough."""
    with Control(world) as control:
        try:
            for number, event in enumerate(control.events(pins=pins), 1):
                yield event
                if number == count:
                    return
        except KeyboardInterrupt:
            sys.exit(0)


def _lines(event: Event, wanted: Filter, text: Text, *, as_json: bool) -> Iterator[str]:
    if not as_json:
        yield from text.lines(event)
    elif wanted(event, tell(event)):
        yield encoded(event).decode().rstrip()


def write_capture(
    path: str,
    world: Path,
    *,
    reader: str = "",
    count: int | None = None,
    pins: bool = False,
    raw: bool = False,
    limit: int | None = None,
) -> None:
    """Write what happens at readers with this name to a file or a pipe, until the world ends."""

    def listed() -> list[dict[str, Any]]:
        with Control(world) as control:
            found: list[dict[str, Any]] = control.do("list")
            return [one for one in found if reader.lower() in one["name"].lower()]

    with _written(path, limit) as file:
        capture = Capture(file, identify(listed), raw=raw)
        for one in listed():
            capture.plug(one["name"], time.time())
        for event in _events(world, count, pins=pins):
            capture(event)
