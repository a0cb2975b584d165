"""`vcard install` and `vcard uninstall`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from ifd_bridge.worlds import system_host

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
    default=str(system_host.SOCKET),
    help=f"Where they will be served. Default: {system_host.SOCKET}.",
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
        written = system_host.install(models or ("plain",), socket, root)
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
        removed = system_host.uninstall(root)
    for path in removed:
        click.echo(f"removed {path}")
    click.echo(_RESTART if removed else "nothing was installed")
