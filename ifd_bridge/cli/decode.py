"""`vcard decode`."""

from __future__ import annotations

import json

import click

from ifd_bridge.explain.apdu_text import apdu
from ifd_bridge.explain.decode import KINDS, decode, guess
from ifd_bridge.explain.input import given
from ifd_bridge.explain.toolkit_text import GivenKeys


@click.command("decode")
@click.argument("words", metavar="HEX...|FILE", nargs=-1, required=True)
@click.option("--as", "kind", type=click.Choice(sorted(KINDS)), help="What the bytes are.")
@click.option("--kic", metavar="HEX", help="The key that a packet in an ENVELOPE is ciphered with.")
@click.option("--kid", metavar="HEX", help="The key of its checksum.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def decode_command(
    words: tuple[str, ...], kind: str | None, *, as_json: bool, **keys: str | None
) -> None:
    """Explain bytes: an APDU, a CCID message, a T=1 block, TLV, an ATR, a PIN entry's structure.

    What they are is guessed from their shape unless --as tells.

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
    given_keys = {name: bytes.fromhex(value) for name, value in keys.items() if value}
    lines = list(apdu(raw, GivenKeys(given_keys))) if given_keys else decode(raw, kind)
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
