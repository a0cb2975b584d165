"""`vcard vpicc`: one of our cards in another program's vpcd."""

from __future__ import annotations

import contextlib
import socket

import click

from ifd_bridge.cards import opening
from ifd_bridge.cards.attachment import Attachment
from ifd_bridge.cards.vpcd import serve
from ifd_bridge.cards.vpcd.messages import PORT

from . import option_values

BECAME = {
    "iso7816": "a card of your own: --card FILE.py:NAME",
    "cryptoflex": "nothing: that card was not taken over",
    "ePass": "nothing: that card was not taken over",
    "nPA": "nothing: that card was not taken over",
    "relay": "--card 'pcsc:READER NAME', in `vcard run`",
    "handler_test": "--card pin-dump",
}
"""vicc's types of cards, and what to name instead."""


@click.command("vpicc")
@click.option(
    "-c",
    "--card",
    metavar="SPEC",
    shell_complete=option_values.cards,
    help="The card, as for `vcard run`.",
)
@click.option("-H", "--host", "--hostname", default="localhost", help="Where the vpcd is.")
@click.option(
    "-P", "--port", type=click.IntRange(0, 0xFFFF), default=PORT, help=f"Its port. Default: {PORT}."
)
@click.option(
    "-R",
    "--listen",
    "--reversed",
    "listen",
    is_flag=True,
    help="Wait for a vpcd instead; only on this machine unless --host says otherwise.",
)
@click.option("-t", "--type", "kind", hidden=True)
@click.option("-f", "--file", "image", hidden=True)
def vpicc_command(
    card: str | None, host: str, port: int, kind: str | None, image: str | None, *, listen: bool
) -> None:
    """Put a card into a vpcd, the virtual reader of vsmartcard, in the place of `vicc`.

    \b
    Examples:
      vcard vpicc --card hello
      vcard vpicc --card 'pin-dump?state=card.state' --port 35964
      vcard vpicc --card hello --listen
    """
    if kind is not None:
        became = BECAME.get(kind, f"--card SPEC; vicc's types were {', '.join(BECAME)}")
        raise click.UsageError(f"--type {kind} became {became}")
    if image is not None:
        raise click.UsageError(
            f"--file {image} became an option of the card: --card 'NAME?state={image}'"
        )
    if card is None:
        raise click.UsageError("name a card: --card SPEC")
    contact = opening.open_card(card)
    if isinstance(contact, Attachment):
        raise click.UsageError(f"{card} brings its own cards; it needs a reader: vcard run")
    click.echo(
        f"{card}: {'waiting for a vpcd' if listen else 'connecting'} at {host}:{port}", err=True
    )
    with contextlib.suppress(KeyboardInterrupt):
        try:
            serve(contact, host, port, listen=listen)
        except socket.gaierror as error:
            raise click.ClickException(f"{host}: {error.strerror}") from error
        except ConnectionRefusedError as error:
            raise click.ClickException(
                f"no vpcd listens at {host}:{port}; pcscd must be running with it"
                " (apt install vsmartcard-vpcd), or wait for one: --listen"
            ) from error
