"""`vcard extcap`: lists interfaces to Wireshark, and captures from them.

Spec: Wireshark Developer's Guide, "Extcap: Developer Reference".
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from ifd_bridge.control import rendezvous
from ifd_bridge.control.client import VARIABLE, Control
from readers.description.bus_packets import USB_LINUX_MMAPPED

from .trace import write_capture

FOLDER = Path.home() / ".local/lib/wireshark/extcap"
SCRIPT = "vcard-extcap"
CONFIG = """\
arg {number=0}{call=--reader}{display=Only readers with this name}{type=string}
arg {number=1}{call=--show-pins}{display=Show PINs}{type=boolflag}
arg {number=2}{call=--raw}{display=Keep blocks and pieces as they are}{type=boolflag}"""


@click.command("extcap")
@click.option("--extcap-interfaces", "interfaces", is_flag=True, help="List the running worlds.")
@click.option("--extcap-interface", "interface", metavar="WORLD", help="The world that is meant.")
@click.option("--extcap-dlts", "dlts", is_flag=True, help="Name the link type.")
@click.option("--extcap-config", "config", is_flag=True, help="Name the options of a capture.")
@click.option("--extcap-version", "_version", help="Wireshark's version; nothing depends on it.")
@click.option("--extcap-capture-filter", "_filter", help="Not used: there are no capture filters.")
@click.option("--capture", is_flag=True, help="Capture to the --fifo until the world ends.")
@click.option("--fifo", metavar="FILE", help="Where a capture goes.")
@click.option("-r", "--reader", default="", metavar="NAME", help="Only readers with this name.")
@click.option("--show-pins", "pins", is_flag=True, help="Show PINs instead of asterisks.")
@click.option("--raw", is_flag=True, help="Keep blocks and pieces in the capture as they are.")
@click.option(
    "--install",
    type=click.Path(path_type=Path, file_okay=False),
    is_flag=False,
    flag_value=FOLDER,
    help=f"Make Wireshark know us: write `{SCRIPT}` into its folder for extcap programs. "
    f"Default: {FOLDER}",
)
def extcap_command(
    interface: str | None,
    fifo: str | None,
    reader: str,
    install: Path | None,
    _version: str | None,
    _filter: str | None,
    *,
    interfaces: bool,
    dlts: bool,
    config: bool,
    capture: bool,
    pins: bool,
    raw: bool,
) -> None:
    """Let Wireshark list the running worlds as interfaces and capture from them live.

    \b
    Examples:
      vcard extcap --install
      WIRESHARK_EXTCAP_DIR=~/.local/lib/wireshark/extcap wireshark
    """
    if install is not None:
        click.echo(f"wrote {installed(install)}")
    elif interfaces:
        click.echo("\n".join(["extcap {version=1.0}{help=vcard trace --help}", *_interfaces()]))
    elif dlts:
        number = USB_LINUX_MMAPPED
        click.echo(f"dlt {{number={number}}}{{name=USB_LINUX_MMAPPED}}{{display=USB}}")
    elif config:
        click.echo(CONFIG)
    elif capture and fifo:
        write_capture(fifo, _world(interface), reader=reader, pins=pins, raw=raw)
    else:
        raise click.UsageError(
            "name one of --extcap-interfaces, --capture with --fifo, or --install"
        )


def installed(folder: Path) -> Path:
    """Write the script that Wireshark starts."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / SCRIPT
    python = shlex.quote(sys.executable)
    script.write_text(f'#!/bin/sh\nexec {python} -m ifd_bridge.cli extcap "$@"\n')
    script.chmod(0o755)
    return script


def _worlds() -> dict[str, Path]:
    named = os.environ.get(VARIABLE)
    return {path.parent.name: path for path in ([Path(named)] if named else rendezvous.worlds())}


def _interfaces() -> list[str]:
    lines = []
    for name, path in _worlds().items():
        with Control(path) as control:
            readers = ", ".join(reader["name"] for reader in control.do("list"))
        lines.append(f"interface {{value={name}}}{{display=smart card readers: {readers}}}")
    return lines


def _world(name: str | None) -> Path:
    found = _worlds()
    return found[name] if name in found else rendezvous.find()
