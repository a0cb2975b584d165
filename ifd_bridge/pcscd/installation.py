"""What `vcard install` gives the system's pcscd: readers of ours, found at its next start.

`install` puts an entry into reader.conf.d and a copy of the handler into a place of its own;
`uninstall` takes both away. The process that serves the readers may come and go.

Spec: reader.conf(5).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .compiled_parts import extension
from .daemon import ReaderConf

SOCKET = Path("/run/vcard/ifd.sock")
_CONF = Path("etc/reader.conf.d/vcard")
_LIBRARY = Path("usr/local/lib/vcard-emulator/handler.so")
_MARK = "# vcard-emulator: "


@dataclass(frozen=True, slots=True)
class Installed:
    """What is installed below a root directory: the socket to serve, the readers' models."""

    socket: Path
    models: tuple[str, ...]


def install(
    readers: Sequence[tuple[str, str]], socket: Path = SOCKET, root: Path = Path("/")
) -> list[Path]:
    """Install readers, each by its model as text and its name; returns the files written.

    OSError if that is not allowed; ValueError for names that pcscd would refuse (it ends for
    one wrong line); FileExistsError if readers are installed already.
    """
    conf, library = root / _CONF, root / _LIBRARY
    if conf.exists():
        raise FileExistsError(f"{conf} is there already: vcard uninstall takes it away")
    entries = [
        f"{_MARK}{text}\n{ReaderConf(name, f'vcard:{socket}:{number}', '/' / _LIBRARY)}"
        for number, (text, name) in enumerate(readers)
    ]
    built = extension("handler")
    library.parent.mkdir(parents=True, exist_ok=True)
    library.parent.chmod(0o755)
    try:
        shutil.copyfile(built, library)
        library.chmod(0o755)
        conf.parent.mkdir(parents=True, exist_ok=True)
        conf.write_text("\n".join(entries))
    except OSError:
        uninstall(root)
        raise
    return [conf, library]


def uninstall(root: Path = Path("/")) -> list[Path]:
    """Take away what `install` wrote; the files removed."""
    removed = []
    for path in (root / _CONF, root / _LIBRARY):
        if path.exists():
            path.unlink()
            removed.append(path)
    for directory in ((root / _LIBRARY).parent,):
        if directory.is_dir() and not any(directory.iterdir()):
            directory.rmdir()
    return removed


def installed(root: Path = Path("/")) -> Installed | None:
    """What `install` has put there, or None."""
    conf = root / _CONF
    if not conf.exists():
        return None
    lines = conf.read_text().splitlines()
    models = tuple(line.removeprefix(_MARK) for line in lines if line.startswith(_MARK))
    devices = [line.split(" ", 1)[1] for line in lines if line.startswith("DEVICENAME ")]
    socket = Path(devices[0].removeprefix("vcard:").rpartition(":")[0]) if devices else SOCKET
    return Installed(socket, models)
