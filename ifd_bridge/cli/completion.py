"""`vcard completion`: completes commands, options, cards and readers in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print what makes SHELL complete our commands and options.

    \b
    Examples:
      eval "$(vcard completion bash)"
      vcard completion zsh > ~/.zfunc/_vcard
      vcard completion fish > ~/.config/fish/completions/vcard.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(context.find_root().command, {}, "vcard", "_VCARD_COMPLETE").source())
