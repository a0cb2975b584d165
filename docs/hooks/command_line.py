"""The page on the command line, made of the texts that `--help` shows."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator

import click

from ifd_bridge.cli import vcard

from .tables import table


def command_line() -> Iterator[str]:
    """Every command: what it does, its options, its examples."""
    yield "# Command line\n"
    yield from described(vcard, click.Context(vcard, info_name="vcard"), level=0)


def described(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    """One command, and those below it."""
    if level:
        yield f"{'#' * (level + 1)} {context.command_path}\n"
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    yield f"```text\n{usage}\n```\n"
    yield prose(inspect.cleandoc(command.help or ""))
    rows = [
        (f"`{record[0]}`", record[1])
        for one in command.get_params(context)
        if (record := one.get_help_record(context)) and one.name != "help"
    ]
    if rows:
        yield from table(("Option", "What it does"), rows)
        yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from described(
                    inner, click.Context(inner, info_name=name, parent=context), level + 1
                )


def prose(text: str) -> str:
    """Click's paragraphs as Markdown: those behind a backspace keep their lines."""
    parts = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        if lines and lines[0] == "\b":
            title, body = (lines[1], lines[2:]) if lines[1].endswith(":") else ("", lines[1:])
            block = textwrap.dedent("\n".join(body))
            parts.append(f"{title}\n\n```text\n{block}\n```" if title else f"```text\n{block}\n```")
        else:
            parts.append(paragraph)
    return "\n\n".join(parts) + "\n"
