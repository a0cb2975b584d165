"""`vcard reader show` and `vcard reader stats`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from ifd_bridge.driver.options import DISTRIBUTIONS, TODAY, Release
from ifd_bridge.explain import reader_stats
from ifd_bridge.explain.reader_text import Explained, explained
from ifd_bridge.spec import Spec, SpecError
from ifd_bridge.worlds.reader_models import DESCRIPTOR, models, read_file
from readers.description import parse
from readers.models import Model

from .stat_tables import plot, table_values

_MOST_FILES = 10_000


@click.group("reader")
def reader_command() -> None:
    """Explain a reader's descriptor, or count what many say.

    \b
    Examples:
      vcard reader show GemPCTwin.txt
      vcard reader stats CCID/readers
    """


@reader_command.command("show")
@click.argument("source", metavar="FILE|MODEL")
@click.option(
    "--as",
    "release",
    metavar="RELEASE",
    default=str(TODAY),
    help="The libccid whose tables apply: "
    + ", ".join(f"{number} ({name})" for name, number in DISTRIBUTIONS.items())
    + f". Default: {TODAY}.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def show(source: str, release: str, *, as_json: bool) -> None:
    """Explain a reader field by field: what it is, what a driver does with it, what contradicts.

    FILE is a public description (the CCID driver's reader list, `lsusb -v`, a capture of an
    enumeration); of several devices, `?id=04e6:5116` chooses one.

    \b
    Examples:
      vcard reader show GemPCTwin.txt
      vcard reader show 'lsusb.txt?id=04e6:5116' --json
      vcard reader show acr122u --as 1.8.4
    """
    known = Release.parse(release)
    found = [explained(one, known) for one in _models(source)]
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], indent=2))
        return
    for one in found:
        for line in _lines(one):
            click.echo(line)


def _models(source: str) -> list[Model]:
    """A file without a scheme is a description; so is a pipe, as in `show <(lsusb -v)`."""
    place = Spec.parse(source).source
    path = Path(place).expanduser()
    if path.is_dir():
        raise click.ClickException(f"{path} is a folder: vcard reader stats {path} counts it")
    if path.exists() and not place.endswith(".toml"):
        return models(DESCRIPTOR + source)
    return models(source)


def _lines(one: Explained) -> Iterator[str]:
    yield click.style(one.model.name, bold=True)
    widest = max(len(field.name) for field in one.fields)
    for field in one.fields:
        first, *more = field.meaning or ("",)
        yield f"  {field.name:<{widest}}  {field.value:>8}  {first}".rstrip()
        yield from (f"  {'':<{widest}}  {'':>8}  {text}" for text in more)
    yield click.style(f"a driver (libccid {one.release})", bold=True)
    yield from (f"  {text}" for text in one.driver)
    if one.tables:
        yield click.style("tables of the driver that apply", bold=True)
        yield from (f"  {text}" for text in one.tables)
    for text in one.contradictions:
        yield click.style(f"contradiction: {text}", fg="red")
    yield ""


@reader_command.command("stats")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=20,
    help="So many rows of each table. Default: 20.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def stats(folder: Path, rows: int, *, as_json: bool) -> None:
    """Count what the descriptions in FOLDER say: levels, features, IFSD, slots, PIN pads, vendors.

    \b
    Example:
      vcard reader stats CCID/readers
    """
    found, left = _described(folder)
    if not found:
        raise click.ClickException(f"{folder} has no reader descriptions")
    counted = reader_stats.tables(found)
    if as_json:
        click.echo(json.dumps([table_values(table) for table in counted], indent=2))
        return
    others = f", {left} files left out" if left else ""
    click.echo(f"{len(found)} readers (interfaces){others}")
    for table in counted:
        for line in plot(table, rows):
            click.echo(line)


def _described(folder: Path) -> tuple[list[Model], int]:
    """The readers of all files, and how many files describe none."""
    found: list[Model] = []
    left = 0
    for path in sorted(path for path in folder.iterdir() if path.is_file())[:_MOST_FILES]:
        try:
            devices = parse.devices(read_file(str(path)))
        except (SpecError, ValueError):
            left += 1
            continue
        found += [one for device in devices for one in device.models()]
    return found, left
