"""Finding a running world from programs that it did not start.

Each world leaves a link to its control socket in a directory of the user's own. VCARD_CONTROL wins;
without it, a single running world is used.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .client import VARIABLE, ControlError

log = logging.getLogger("vcard.worlds")


ANNOUNCED = "announced"
"""The link beside a control socket that leads back to the link by which its world is found."""
OTHERS = 4
"""Number of other names tried if the directory's name is taken."""


def directory() -> Path:
    """The directory of links; made if need be, PermissionError if none can be ours alone.

    Anybody can make a directory in /tmp under the name that we would choose. It is passed over,
    with a warning, and another name is tried.
    """
    for path in _candidates():
        with contextlib.suppress(OSError):
            path.mkdir(mode=0o700, exist_ok=True)
        if _is_ours(path):
            return path
        log.warning("%s is not a directory of yours with mode 700: it is passed over", path)
    raise PermissionError(f"no directory of yours with mode 700 can be had, such as {path}")


def _candidates() -> Iterator[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.access(runtime, os.W_OK):
        first = Path(runtime) / "vcard"
    else:
        first = Path(tempfile.gettempdir()) / f"vcard-{os.getuid()}"
    yield first
    yield from (first.with_name(f"{first.name}-{number}") for number in range(1, OTHERS + 1))


def _is_ours(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    return private and found.st_uid == os.getuid()


def _links() -> list[Path]:
    """The links in every directory of ours, the first directory's first."""
    return [link for path in _candidates() if _is_ours(path) for link in sorted(path.iterdir())]


NAME = re.compile(r"(?!vcard-)[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
"""The names that a world can be given; those beginning with `vcard-` are for worlds without one."""


def check_name(name: str) -> str:
    """The name; ValueError if no world can have it, or if one that is running has it."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"a world's name has 1 to 40 letters, digits, dots, - or _, and no vcard- in front:"
            f" {name!r}"
        )
    if name in named_worlds():
        raise ValueError(f"world {name!r} is running already: vcard stop --world-name {name}")
    return name


@contextlib.contextmanager
def announced(control: Path, name: str | None = None) -> Iterator[Path]:
    """Leave a link to a control socket as long as the context lasts, under the world's name.

    If that fails, a warning is logged: the world works, and can be steered from inside.
    """
    try:
        links = directory()
    except PermissionError as error:
        log.warning("this world is found from inside alone, by %s: %s", VARIABLE, error)
        yield control
        return
    for left in links.iterdir():
        if not left.exists():
            left.unlink(missing_ok=True)  # its world was killed, and swept away since
    link = links / (name or control.parent.name)
    link.unlink(missing_ok=True)
    link.symlink_to(control)
    back = control.parent / ANNOUNCED
    back.unlink(missing_ok=True)
    back.symlink_to(link)
    try:
        yield link
    finally:
        link.unlink(missing_ok=True)
        back.unlink(missing_ok=True)


def worlds() -> list[Path]:
    """The control sockets of all worlds of this user that answer; stale links are removed."""
    return list(named_worlds().values())


def named_worlds() -> dict[str, Path]:
    """The same, with their names."""
    found: dict[str, Path] = {}
    for link in _links():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            try:
                probe.connect(os.fspath(link.readlink()))
            except (FileNotFoundError, ConnectionRefusedError):
                link.unlink(missing_ok=True)  # it was killed
            except OSError:
                continue
            else:
                found.setdefault(link.name, link.readlink())
    return found


def find(environ: Mapping[str, str] = os.environ, name: str | None = None) -> Path:
    """Return the control socket of the chosen world; ControlError says how to choose one."""
    if name is not None:
        known = named_worlds()
        if name not in known:
            there = ", ".join(known) or "none"
            raise ControlError(f"no world is named {name!r}; running: {there}")
        return known[name]
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
    names = "\n".join(f"  --world-name {name}" for name in named_worlds())
    raise ControlError(
        f"{len(found)} worlds are running (`vcard worlds` shows them); choose one:\n{names}"
    )
