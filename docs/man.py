"""A man page for each command, from the texts of its help: build/man/vcard-run.1 and so on."""

from __future__ import annotations

import sys
from importlib.metadata import version
from inspect import cleandoc
from pathlib import Path

import click
from click_man.man import ManPage

from ifd_bridge.cli import COMMANDS, vcard

EXAMPLES = "\n\b\nExample"
"""What begins the examples in a command's help."""


def page(context: click.Context, summary: str) -> str:
    """The text of a command's man page."""
    command = context.command
    description, found, examples = cleandoc(command.help or "").partition(EXAMPLES)
    made = ManPage(context.command_path)
    made.version = version("vcard-emulator")
    made.short_help = summary.removesuffix(".")
    made.description = _roff(description)
    made.synopsis = " ".join(command.collect_usage_pieces(context))
    records = (option.get_help_record(context) for option in command.get_params(context))
    made.options = [(name, _roff(text)) for name, text in filter(None, records)]
    made.commands = _commands(context)
    named = made.command.replace(" ", "-")
    text = str(made).replace(f"\\fB{made.command}-", f"\\fB{named}-")
    if found:
        lines = examples.partition("\n")[2]
        text += f".SH EXAMPLES\n.nf\n{_roff(lines)}\n.fi\n"
    return text


def _roff(text: str) -> str:
    """Text in which roff finds no requests and no escapes."""
    escaped = text.strip("\n").replace("\b\n", "").replace("\\", "\\e")
    return "\n".join(
        f"\\&{line}" if line[:1] in (".", "'") else line for line in escaped.split("\n")
    )


def _commands(context: click.Context) -> list[tuple[str, str]]:
    if context.parent is None:
        return [(name, _roff(line)) for name, (_, line) in COMMANDS.items()]
    found = getattr(context.command, "commands", {})
    return [(name, _roff(one.get_short_help_str(80))) for name, one in found.items()]


def write(folder: Path) -> None:
    """Write all pages; those of commands within commands as well."""
    folder.mkdir(parents=True, exist_ok=True)
    root = click.Context(vcard, info_name="vcard")
    _write(folder, root, "virtual smart cards and readers for every PC/SC program")
    for name, (_, summary) in COMMANDS.items():
        command = vcard.get_command(root, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=root)
        _write(folder, context, summary)
        for inner_name, inner in getattr(command, "commands", {}).items():
            inner_context = click.Context(inner, info_name=inner_name, parent=context)
            _write(folder, inner_context, inner.get_short_help_str(80))


def _write(folder: Path, context: click.Context, summary: str) -> None:
    path = folder / f"{context.command_path.replace(' ', '-')}.1"
    path.write_text(page(context, summary))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
