"""`vcard recording`."""

from __future__ import annotations

from typing import BinaryIO

import click

from ifd_bridge.logs.logged import KINDS, logged
from ifd_bridge.system.written_file import WrittenFile
from vcard.doubles.recording import HEADER, Kind

from .hexadecimal import Hexadecimal


@click.group("recording")
def recording_command() -> None:
    """Recordings of what a card said.

    \b
    Examples:
      vcard run --record card.txt --card hello -- opensc-tool -a
      vcard recording convert opensc-debug.log > card.txt
      vcard run --card replay:card.txt -- opensc-tool -a
    """


@recording_command.command("convert")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--from", "kind", type=click.Choice(KINDS), help="What FILE is. Default: guessed from it."
)
@click.option("--atr", type=Hexadecimal(), help="The card's ATR, for a log that does not tell it.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="A file instead of stdout.")
def convert_command(
    file: BinaryIO, kind: str | None, atr: bytes | None, output: str | None
) -> None:
    """Turn a log or a capture into a recording; `-` is stdin.

    Known are logs of pcscd --apdu, OpenSC's debug log, GlobalPlatformPro and apdu4j, lpac, pySim,
    pyscard, ykman, scriptor and other lines of hexadecimal with arrows; captures (pcap, pcapng) of
    a reader on a USB bus, ours included, and of GSMTAP.

    \b
    Examples:
      vcard recording convert gp.log -o card.txt
      OPENSC_DEBUG=9 pkcs15-tool -D 2>&1 | vcard recording convert --from opensc -
      vcard recording convert --atr 3B00 sim.pcapng
    """
    try:
        entries = logged(file.read(), kind, atr)
    except ValueError as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    lines = [HEADER, *map(str, entries)]
    text = "\n".join(lines) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    with WrittenFile(output) as sink:
        sink.write(text.encode())
    if sink.failure is not None:
        raise click.ClickException(f"{output}: {sink.failure}")
    count = sum(entry.kind is Kind.COMMAND for entry in entries)
    click.echo(f"{output}: {count} commands", err=True)
