"""`vcard doctor`."""

from __future__ import annotations

import sys

import click

from ifd_bridge.system.clashes import clashes


@click.command("doctor")
def doctor_command() -> None:
    """Say what is missing, and the command that mends it; exit with 1 if something needed is.

    \b
    Example:
      vcard doctor
    """
    found = list(clashes())
    for clash in found:
        click.echo(f"MISS names: {clash.text}\n     {clash.cure}")
    if found:  # the other checks need what is hidden
        sys.exit(1)
    from ifd_bridge import doctor

    healthy = True
    click.echo("ok   names: `vcard`, `applets` and `readers` are ours")
    for finding in doctor.examine():
        sign = "ok  " if finding.good else "MISS" if finding.needed else "note"
        click.echo(f"{sign} {finding.name}: {finding.text}")
        if not finding.good:
            click.echo(f"     {finding.cure}")
            healthy = healthy and not finding.needed
    sys.exit(not healthy)
