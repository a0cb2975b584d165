"""Where a running world can be found by programs that were not started inside it.

Each world leaves a link to its control socket in a directory of the user's own. The environment
(VCARD_CONTROL) goes first; without it, the only world there is will do.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .client import VARIABLE, ControlError


def directory() -> Path:
    """The directory of links; made if need be, PermissionError if it is not ours alone."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.access(runtime, os.W_OK):
        path = Path(runtime) / "vcard"
    else:
        path = Path(tempfile.gettempdir()) / f"vcard-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{path} must be a directory of yours with mode 700")
    return path


@contextlib.contextmanager
def announced(control: Path) -> Iterator[Path]:
    """Leave a link to a control socket as long as the context lasts."""
    links = directory()
    for left in links.iterdir():
        if not left.exists():
            left.unlink(missing_ok=True)  # its world was killed, and swept away since
    link = links / control.parent.name
    link.unlink(missing_ok=True)
    link.symlink_to(control)
    try:
        yield link
    finally:
        link.unlink(missing_ok=True)


def worlds() -> list[Path]:
    """The control sockets of all worlds of this user that answer; stale links are removed."""
    found = []
    for link in sorted(directory().iterdir()):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            try:
                probe.connect(os.fspath(link.readlink()))
            except (FileNotFoundError, ConnectionRefusedError):
                link.unlink(missing_ok=True)  # it was killed
            except OSError:
                continue
            else:
                found.append(link.readlink())
    return found


def find(environ: Mapping[str, str] = os.environ) -> Path:
    """The control socket of the world meant; ControlError says how to name one."""
    named = environ.get(VARIABLE)
    if named:
        return Path(named)
    found = worlds()
    if len(found) == 1:
        return found[0]
    if not found:
        raise ControlError(
            "no world is running: start one with `vcard run ... -- COMMAND` or `vcard serve ... &`"
        )
    names = "\n".join(f"  export {VARIABLE}={path}" for path in found)
    raise ControlError(f"{len(found)} worlds are running; choose one:\n{names}")
