"""`vcard help`."""

from __future__ import annotations

import click

from . import option_values


@click.command("help")
@click.argument("name", metavar="[COMMAND]", required=False, shell_complete=option_values.commands)
@click.pass_context
def help_command(context: click.Context, name: str | None) -> None:
    """Show the help of a command, or of all.

    \b
    Examples:
      vcard help
      vcard help run
    """
    root = context.find_root()
    if name is None:
        click.echo(root.get_help())
        return
    group = root.command
    assert isinstance(group, click.Group)
    command = group.get_command(root, name)
    assert command is not None
    with click.Context(command, info_name=name, parent=root) as inner:
        click.echo(command.get_help(inner))
