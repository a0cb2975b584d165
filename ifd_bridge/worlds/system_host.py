"""Our readers in the system's pcscd: what is installed for it, and how it is served.

`install` puts an entry into reader.conf.d and a copy of the handler into a place of its own,
`uninstall` takes both away. pcscd finds the readers at its next start; the process that serves
them may come and go.

Spec: reader.conf(5).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..closing import Closing
from ..ifdh.server import Served, Server
from ..pcscd.compiled_parts import extension
from ..pcscd.daemon import ReaderConf
from .reader_models import model

SOCKET = Path("/run/vcard/ifd.sock")
_CONF = Path("etc/reader.conf.d/vcard")
_LIBRARY = Path("usr/local/lib/vcard-emulator/handler.so")
_MARK = "# vcard-emulator: "


@dataclass(frozen=True, slots=True)
class Installed:
    """What is installed below a root directory: the socket to serve, the readers' models."""

    socket: Path
    models: tuple[str, ...]


def install(models: Sequence[str], socket: Path = SOCKET, root: Path = Path("/")) -> list[Path]:
    """Install readers of these models; the files written.

    OSError if that is not allowed; ValueError for names that pcscd would refuse (it ends for
    one wrong line); FileExistsError if readers are installed already.
    """
    conf, library = root / _CONF, root / _LIBRARY
    if conf.exists():
        raise FileExistsError(f"{conf} is there already: vcard uninstall takes it away")
    entries = [
        f"{_MARK}{text}\n{ReaderConf(model(text).name, f'vcard:{socket}:{number}', '/' / _LIBRARY)}"
        for number, text in enumerate(models)
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


class SystemHost(Closing):
    """Serves readers to the system's pcscd, at the socket that was installed."""

    def __init__(self, socket: Path, readers: Sequence[Served]) -> None:
        self.directory = socket.parent
        self._server = Server(socket, readers)

    @property
    def environ(self) -> dict[str, str]:
        """Nothing: clients find the system's pcscd by themselves."""
        return {}

    @property
    def log(self) -> str:
        """Nothing: the system's pcscd has its own log."""
        return ""

    @property
    def sight(self) -> None:
        """Nothing: among the system's readers ours cannot be told for certain."""

    def plug(self, number: int) -> None:
        """Not here: what is installed is always there."""
        raise RuntimeError(f"reader {number} is the system's: it cannot be plugged or unplugged")

    unplug = plug

    def __enter__(self) -> SystemHost:
        self._server.start()
        return self

    def close(self) -> None:
        """Hang up."""
        self._server.close()
