"""`vcard esim`: certificates and packages for eSIM cards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from .packages import check_command, diff_command, show_command


@click.group("esim")
def esim_command() -> None:
    """Make test certificates for eSIM cards and servers; look into profile packages.

    \b
    Examples:
      vcard esim pki certs && vcard run --card 'esim?empty&pki=certs' -- lpac chip info
      vcard esim show package.der
    """


for _command in (show_command, check_command, diff_command):
    esim_command.add_command(_command)


@esim_command.command("pki")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--eid", help="The EID of the card, 32 digits with their check digits.")
@click.option("--server", metavar="NAME", help="The name of the server, for its TLS certificate.")
@click.option("--demo", is_flag=True, help="The hierarchy of the built-in cards, the same always.")
def pki_command(directory: Path, eid: str | None, server: str | None, *, demo: bool) -> None:
    """Write a fresh test hierarchy into DIRECTORY: CI, EUM, eUICC, and a server's three.

    The layout is the one that osmo-smdpp reads. A card gets its part by `pki=DIRECTORY`.

    \b
    Examples:
      vcard esim pki certs
      vcard esim pki smdpp-data/own --eid 89049032123451234512345678901235
    """
    from applets.esim.eid import checked, numbered
    from applets.esim.pki import SERVER_NAME, Pki

    if directory.exists() and any(directory.iterdir()):
        raise click.ClickException(f"{directory} is not empty")
    number = checked(eid) if eid else numbered(1)
    start = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=1)
    made = Pki.demo(number) if demo else Pki.make(number, start, server=server or SERVER_NAME)
    for name, contents in made.files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600 if "SK_" in name else 0o644)
        path.write_bytes(contents)
    click.echo(f"{directory}: certificates for EID {number}, server {server or SERVER_NAME}")
