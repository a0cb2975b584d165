"""`vcard install` and `vcard uninstall`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from ifd_bridge.pcscd import installation
from ifd_bridge.worlds import reader_models

_ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default="/",
    help="Write below this directory instead of /.",
)
_RESTART = "pcscd sees it at its next start: systemctl restart pcscd"


@contextlib.contextmanager
def _as_root() -> Iterator[None]:
    """Says who may do it, if we may not."""
    try:
        yield
    except PermissionError as error:
        text = f"{error.filename}: {error.strerror}; do it as root (sudo)"
        raise click.ClickException(text) from error


@click.command("install")
@click.option(
    "-r", "--reader", "models", metavar="MODEL", multiple=True, help="A reader; default: plain."
)
@click.option(
    "--socket",
    type=click.Path(path_type=Path, dir_okay=False),
    default=str(installation.SOCKET),
    help=f"Where they will be served. Default: {installation.SOCKET}.",
)
@_ROOT
def install_command(models: tuple[str, ...], socket: Path, root: Path) -> None:
    """Let the system's pcscd have our readers (as root).

    \b
    Examples:
      sudo vcard install --reader pinpad
      sudo systemctl restart pcscd
      sudo vcard serve --system --card hello
      sudo vcard uninstall
    """
    with _as_root():
        readers = [(text, reader_models.model(text).name) for text in models or ("plain",)]
        written = installation.install(readers, socket, root)
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(_RESTART)


@click.command("uninstall")
@_ROOT
def uninstall_command(root: Path) -> None:
    """Undo `vcard install` (as root).

    \b
    Example:
      sudo vcard uninstall
    """
    with _as_root():
        removed = installation.uninstall(root)
    for path in removed:
        click.echo(f"removed {path}")
    click.echo(_RESTART if removed else "nothing was installed")
