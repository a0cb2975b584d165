"""Installs readers of ours into the system's pcscd, which finds them at its next start.

`install` puts an entry into reader.conf.d and a copy of the handler into a place of its own;
`uninstall` takes both away. The process that serves the readers may come and go.

Spec: reader.conf(5).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .bundle import extension
from .daemon import ReaderConf

SOCKET = Path("/run/vcard/ifd.sock")
_CONF = Path("etc/reader.conf.d/vcard")
_LIBRARY = Path("usr/local/lib/vcard-emulator/handler.so")
_MARK = "# vcard-emulator: "


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation below a root directory: the socket to serve, the readers' models."""

    socket: Path
    models: tuple[str, ...]


def install(
    readers: Sequence[tuple[str, str]], socket: Path = SOCKET, root: Path = Path("/")
) -> list[Path]:
    """Install readers, each by its model as text and its name; returns the files written.

    OSError if that is not allowed; ValueError for names that pcscd would refuse (it ends for
    one wrong line); FileExistsError if readers are installed already.
    """
    if not socket.is_absolute():
        raise ValueError(f"the system's pcscd needs the whole path of the socket, not {socket}")
    conf, library = root / _CONF, root / _LIBRARY
    if os.path.lexists(conf):
        raise FileExistsError(f"{conf} is there already: vcard uninstall takes it away")
    entries = [
        f"{_MARK}{text}\n{ReaderConf(name, f'vcard:{socket}:{number}', '/' / _LIBRARY)}"
        for number, (text, name) in enumerate(readers)
    ]
    built = extension("handler")
    try:
        _write(library, built.read_bytes(), 0o755)
        _write(conf, "\n".join(entries).encode(), 0o644)
    except OSError:
        uninstall(root)
        raise
    return [conf, library]


def _write(path: Path, content: bytes, mode: int) -> None:
    """Make a file that pcscd can read, whatever its user and our umask are; no link is followed."""
    _make_directory(path.parent)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)
    draft.replace(path)


def _make_directory(path: Path) -> None:
    """Make a directory, and those above it, for everybody to enter; leave alone what is there."""
    if not path.is_dir():
        _make_directory(path.parent)
        path.mkdir()
        path.chmod(0o755)


def uninstall(root: Path = Path("/")) -> list[Path]:
    """Take away what `install` wrote; the files removed."""
    removed = []
    for path in (root / _CONF, root / _LIBRARY):
        if os.path.lexists(path):
            path.unlink()
            removed.append(path)
    for directory in ((root / _LIBRARY).parent,):
        if directory.is_dir() and not any(directory.iterdir()):
            directory.rmdir()
    return removed


def installed(root: Path = Path("/")) -> Installed | None:
    """Return the installation, or None."""
    conf = root / _CONF
    if not conf.exists():
        return None
    lines = conf.read_text().splitlines()
    models = tuple(line.removeprefix(_MARK) for line in lines if line.startswith(_MARK))
    devices = [line.split(" ", 1)[1] for line in lines if line.startswith("DEVICENAME ")]
    socket = Path(devices[0].removeprefix("vcard:").rpartition(":")[0]) if devices else SOCKET
    return Installed(socket, models)
