"""`vcard worlds`, `vcard stop` and `vcard service`: commands about a world as a whole."""

from __future__ import annotations

import contextlib
import json
import shlex
from typing import Any

import click

from ifd_bridge.control import rendezvous
from ifd_bridge.control.client import Control, ControlError

from .steering import SteeringCommand, do


@click.command("worlds")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def worlds_command(*, as_json: bool) -> None:
    """List the running worlds: name, process, age, command, readers, cards.

    \b
    Example:
      vcard worlds
    """
    found = [told for name, path in rendezvous.named_worlds().items() if (told := _status(path))]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for told in found:
        state = "" if told["pcscd"] else " PCSCD HAS ENDED"
        click.echo(
            f"{told['name']}  pid {told['pid']}  {told['age']:.0f} s{state}"
            f"  {shlex.join(told['command']) or '(a program of yours)'}"
        )
        click.echo(f"    readers: {', '.join(told['readers'])}")
        click.echo(f"    cards: {', '.join(told['cards']) or 'none'}")
    if not found:
        click.echo("no world is running", err=True)


def _status(path: Any) -> Any:
    with contextlib.suppress(ControlError), Control(path) as control:  # it may have just ended
        return control.do("status")
    return None


@click.command("stop", cls=SteeringCommand)
def stop_command() -> None:
    """End a world, as SIGTERM ends it: `run` passes that on to its command.

    A `vcard serve &` of a shell that ignores SIGINT in the background ends this way, too.

    \b
    Examples:
      vcard stop
      vcard stop --world-name alice
    """
    try:
        do("stop")
    except ControlError as error:
        if "has gone" not in str(error):  # it may end before its answer is out
            raise


@click.command("service", cls=SteeringCommand)
@click.argument("verb", type=click.Choice(["stop", "start", "restart", "status"]))
def service_command(verb: str) -> None:
    """Stop and start the pcscd inside a world, to try how a program recovers from that.

    \b
    Examples:
      vcard service restart
      vcard service status
    """
    click.echo(do("service", action=verb))
