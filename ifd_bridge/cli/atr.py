"""`vcard atr`."""

from __future__ import annotations

import click

from ifd_bridge.explain import atr_list
from vcard.atr import Atr
from vcard.atr_text import explain


@click.command("atr")
@click.argument("hexadecimal", metavar="HEX...", nargs=-1, required=True)
def atr_command(hexadecimal: tuple[str, ...]) -> None:
    """Explain an ATR byte by byte; say what is wrong with it, and which cards have it.

    \b
    Examples:
      vcard atr 3B 87 80 01 80 65 76 63 61 72 64 81
      vcard atr 3B8780018065766361726481
    """
    text = "".join(hexadecimal).replace(":", "")
    try:
        raw = bytes.fromhex(text)
    except ValueError as error:
        raise click.ClickException(f"{text!r} is not hexadecimal: {error}") from error
    atr = Atr.parse(raw)
    for line in explain(atr):
        click.echo(str(line))
    for problem in atr.problems:
        click.echo(f"wrong: {problem}")
    for card in atr_list.known_cards(raw, atr_list.read()):
        click.echo(f"known: {card}")
