"""`vcard models`."""

from __future__ import annotations

import json

import click

from ifd_bridge.worlds import offered
from ifd_bridge.worlds.model_text import to_toml
from ifd_bridge.worlds.reader_models import model
from readers.description.explain import LEVELS
from readers.models import MODELS, Model

from . import option_values


@click.command("models")
@click.option(
    "--describe",
    metavar="MODEL",
    shell_complete=option_values.models,
    help="Write this model as TOML, to start from.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def models_command(describe: str | None, *, as_json: bool) -> None:
    """List the reader models by name, or write one as TOML for a reader of your own.

    MODEL may have options or be a descriptor, as for `--reader`.

    \b
    Examples:
      vcard models
      vcard models --describe gemalto-pinpad > my.toml
      vcard models --describe descriptor:GemPCTwin.txt > twin.toml
      vcard run --reader my.toml --card hello -- pcsc_scan -r
    """
    if describe is not None:
        click.echo(to_toml(model(describe)), nl=False)
        return
    if as_json:
        click.echo(json.dumps(offered.models(), indent=2))
        return
    widest = max(len(name) for name in MODELS)
    for name, one in MODELS.items():
        click.echo(f"{name:<{widest}}  {one.name}: {', '.join(_traits(one))}")


def _traits(one: Model) -> list[str]:
    found = [LEVELS[one.descriptor.exchange_level].partition(":")[0]]
    if one.slots > 1:
        found.append(f"{one.slots} slots")
    if one.has_pinpad:
        found.append("PIN pad" + (" with display" if one.descriptor.wLcdLayout else ""))
    return found
