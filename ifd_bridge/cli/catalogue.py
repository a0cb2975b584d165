"""`vcard cards` and `vcard sources`: the names that a SPEC can have."""

from __future__ import annotations

import json

import click

from applets import catalogue
from ifd_bridge.cards import schemes
from ifd_bridge.worlds import offered

from . import option_values

SOURCES: tuple[tuple[str, str], ...] = (
    ("NAME", "a built-in card: `vcard cards` lists them"),
    ("FILE.py:NAME", "a card, an applet, or what makes one, in a file of yours"),
    ("MODULE:NAME", "the same in a module that can be imported"),
    ("FILE.toml", 'a file with card = "..." and its options as keys'),
    ("ports:SPEC", "a card in several slots of a reader, one for each of its ports"),
)
KEPT = (
    ("state=FILE", "keep the card's memory in a file"),
    ("passphrase-file=FILE", "seal that file with the passphrase in the first line of another"),
    ("passphrase-env=NAME", "seal it with the passphrase in an environment variable"),
)


@click.command("cards")
@click.argument("name", required=False, shell_complete=option_values.built_in)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
def cards_command(name: str | None, *, as_json: bool) -> None:
    """List the built-in cards: the options of each, what they may be, and an example.

    \b
    Examples:
      vcard cards
      vcard cards piv
      vcard cards --json
    """
    if name is not None and name not in catalogue.CARDS:
        raise click.ClickException(
            f"no card is named {name!r}; built in are {', '.join(catalogue.CARDS)}"
        )
    cards = offered.cards(name)
    if as_json:
        click.echo(json.dumps(cards, indent=2))
        return
    for card in cards:
        click.secho(card["name"], bold=True)
        for option in card["options"]:
            click.echo(f"    {option['name']}: {option['help']}")
            if option["example"]:
                click.echo(f"        vcard run --card '{card['name']}?{option['example']}' ...")
    click.echo("Every card, behind the `?`:")
    for text, help_text in KEPT:
        click.echo(f"    {text}: {help_text}")


@click.command("sources")
def sources_command() -> None:
    """List where cards can come from: the forms of a SPEC.

    \b
    Example:
      vcard sources
    """
    for form, text in SOURCES:
        click.echo(f"{form:32}{text}")
    for line in (schemes.__doc__ or "").splitlines():
        if line.startswith("    "):
            click.echo(line.strip())
