"""`vcard panel`."""

from __future__ import annotations

import importlib.util

import click

from ifd_bridge.control.client import Control
from ifd_bridge.system.optional_packages import pip_install

from .steering import SteeringCommand, meant


@click.command("panel", cls=SteeringCommand)
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port on 127.0.0.1. Default: a free one.",
)
@click.option("--terminal", is_flag=True, help="Show the panel here instead of in a browser.")
@click.option("--open", "launch", is_flag=True, help="Open it in the browser at once.")
@click.option("--show-pins", is_flag=True, help="Show PINs in its trace instead of `**`.")
def panel_command(port: int, *, terminal: bool, launch: bool, show_pins: bool) -> None:
    """Show the front panel of a running world: keypads, displays, cards and the trace.

    Prints the address to open in a browser of this machine; it holds a secret, keep it so. It ends
    with the world.

    \b
    Examples:
      vcard serve --reader pinpad-display --card pin-dump &
      vcard panel
      vcard panel --terminal
    """
    needed = "textual" if terminal else "uvicorn"
    if importlib.util.find_spec(needed) is None:
        raise click.ClickException(f"the panel needs {needed}: {pip_install('panel')}")
    path = meant()
    from ifd_bridge.panel.hub import Hub

    with Hub(lambda: Control(path), pins=show_pins) as hub:
        if terminal:
            from ifd_bridge.panel.terminal import TerminalPanel

            TerminalPanel(hub).run()
            return
        from ifd_bridge.panel.serving import Serving

        with Serving(hub, port) as serving:
            click.echo(f"the panel is at {serving.url}")
            if launch:
                click.launch(serving.url)
            serving.wait()
