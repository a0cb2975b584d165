"""`vcard atr`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ifd_bridge.explain import atr_list, atr_stats
from ifd_bridge.logs.hexadecimal import hexadecimal
from vcard.atr.atr import Atr
from vcard.atr.text import explain

from . import progress
from .stat_tables import plot, table_values


@click.command("atr")
@click.argument("hexadecimal_text", metavar="[HEX...]", nargs=-1)
@click.option("--stats", type=click.Path(exists=True, dir_okay=False), help="Statistics of a list.")
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=40,
    help="So many rows of each table of --stats. Default: 40.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def atr_command(
    hexadecimal_text: tuple[str, ...], stats: str | None, rows: int, *, as_json: bool
) -> None:
    """Explain an ATR byte by byte; say what is wrong with it, and which cards have it.

    The names of cards come from pcsc-tools' list, where that is installed. --stats counts what the
    ATRs of a list say: a file with one ATR a line; pcsc-tools' own list is one.

    \b
    Examples:
      vcard atr 3B 87 80 01 80 65 76 63 61 72 64 81
      vcard atr --json 3B8780018065766361726481
      vcard atr --stats /usr/share/pcsc/smartcard_list.txt
    """
    if stats is not None:
        _show_stats(Path(stats), rows, as_json=as_json)
        return
    if not hexadecimal_text:
        raise click.UsageError("an ATR or --stats FILE is needed")
    raw = hexadecimal(" ".join(hexadecimal_text))
    atr = Atr.parse(raw)
    known = atr_list.known_cards(raw, atr_list.read())
    if as_json:
        click.echo(json.dumps(_values(atr, known), indent=2))
        return
    for line in explain(atr):
        click.echo(str(line))
    for problem in atr.problems:
        click.secho(f"wrong: {problem}", fg="red")
    for card in known:
        click.echo(f"known: {card}")


def _values(atr: Atr, known: list[str]) -> dict[str, Any]:
    classes = atr.classes
    return {
        "atr": atr.raw.hex().upper(),
        "problems": [{"offset": p.offset, "text": p.text} for p in atr.problems],
        "protocols": atr.protocols,
        "convention": "inverse" if atr.decoded[0] == 0x3F else "direct",
        "specific_mode": None if atr.specific is None else atr.specific.protocol,
        "fi": atr.fi,
        "di": atr.di,
        "fmax_mhz": atr.fmax_mhz,
        "extra_guard_time": atr.extra_guard_time,
        "wi": atr.wi,
        "ifsc": atr.ifsc,
        "bwi": atr.bwi,
        "cwi": atr.cwi,
        "edc": atr.edc.name,
        "clock_stop": atr.clock_stop.name,
        "classes": None if classes is None else classes.volts,
        "historical": atr.historical.hex().upper(),
        "bytes": [
            {"offset": x.offset, "hex": x.raw.hex().upper(), "name": x.name, "text": x.text}
            for x in explain(atr)
        ],
        "known": known,
    }


def _show_stats(path: Path, rows: int, *, as_json: bool) -> None:
    entries = atr_list.read(path)
    plain: list[bytes] = []
    for entry in entries:
        raw = entry.raw
        if raw:
            plain.append(raw)
    if not plain:
        raise click.ClickException(f"{path} has no ATRs: one a line is needed, in hexadecimal")
    with progress.bar(plain, "reading ATRs") as counted:
        tables = atr_stats.tables([Atr.parse(raw) for raw in counted])
    if as_json:
        click.echo(json.dumps([table_values(table) for table in tables], indent=2))
        return
    left = len(entries) - len(plain)
    click.echo(f"{len(plain)} ATRs{f', {left} patterns left out' if left else ''}")
    for table in tables:
        for line in plot(table, rows):
            click.echo(line)
