"""`vcard decode`."""

from __future__ import annotations

import json

import click

from ifd_bridge.explain.apdu_text import apdu
from ifd_bridge.explain.decode import KINDS, decode, guess
from ifd_bridge.explain.input import given

from .packet_keys import given_keys, packet_keys


@click.command("decode")
@click.argument("words", metavar="HEX...|FILE", nargs=-1, required=True)
@click.option("--as", "kind", type=click.Choice(sorted(KINDS)), help="What the bytes are.")
@packet_keys
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def decode_command(
    words: tuple[str, ...], kind: str | None, *, as_json: bool, **keys: bytes | None
) -> None:
    """Explain bytes: an APDU, a CCID message, a T=1 block, TLV, an ATR, a PIN entry's structure.

    Their kind is guessed from their shape unless --as names it.

    \b
    Examples:
      vcard decode 00A4040007A000000018FF01
      vcard decode --as response 6F0584034F5041 9000
      vcard decode 69 1C 00 00 00 00 DF 00 00 00 00 1E 82 00 00 08 04 02 01 09 04 00 00 00 0D ...
      vcard decode message.bin
      vcard decode --kic 4041..4F --kid 4041..4F 80C20000...
    """
    raw = given(words)
    kind = kind or guess(raw)
    known = given_keys(keys)
    lines = list(apdu(raw, known)) if known else decode(raw, kind)
    if as_json:
        values = [
            {"offset": x.offset, "hex": x.raw.hex().upper(), "name": x.name, "text": x.text,
             "depth": x.depth}
            for x in lines
        ]  # fmt: skip
        click.echo(json.dumps({"kind": kind, "lines": values}, indent=2))
        return
    click.secho(kind, bold=True)
    for line in lines:
        click.echo(str(line))
