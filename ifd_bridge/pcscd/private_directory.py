"""Private directories for sockets, with short names; those of killed owners are removed.

An owner holds a lock on a file in its directory. The kernel releases it however the owner ends, so
a directory whose lock can be taken has no owner, and no process need be asked. The next world
removes such directories; an Undertaker removes that of its world at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from ..system.sockets import MAX_PATH

PREFIX = "vcard-"
_NAME = re.compile(re.escape(PREFIX) + "[a-z0-9_]{8}")
_OWNER, _OWNER_MODE = "owner", 0o600
_ROOM = MAX_PATH - len("/vcard-12345678/pcscd.comm")

_WAIT = """
while read -r line; do :; done
[ -e "$1" ] || exit 0
echo "vcard: the process of this world has ended without closing it: was it a card's code?" >&2
if [ -L "$1/$2" ]; then rm -f -- "$(readlink "$1/$2")"; fi
rm -rf -- "$1"
"""


class PrivateDirectory:
    """A new directory of this process with mode 0700; `path` is its name.

    `parent` is where it is made (default: the system's temporary directory, or /tmp where that
    will not do). ValueError if a socket's path would be too long there.
    """

    def __init__(self, parent: Path | None = None) -> None:
        parent = _temporary() if parent is None else parent
        if len(os.fsencode(parent)) > _ROOM:
            raise ValueError(f"a socket's path has at most {MAX_PATH} bytes: {parent}")
        sweep(parent)
        self.path, self._lock = _made(parent)

    def remove(self) -> None:
        """Remove the directory with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def sweep(parent: Path) -> None:
    """Remove this user's directories in `parent` whose owners are dead.

    Only what looks in every way as if it was made here: the name that mkdtemp gives, mode 0700,
    and an empty file for the owner's lock.
    """
    for path in parent.glob(PREFIX + "*"):
        lock = _lock(path) if _NAME.fullmatch(path.name) and _ours(path) else None
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _temporary() -> Path:
    """Return a path short enough for sockets, without characters that reader.conf refuses."""
    found = Path(tempfile.gettempdir())
    too_long = len(os.fsencode(found)) > _ROOM
    if too_long or found.is_relative_to("/run") or " " in str(found):
        return Path("/tmp")  # noqa: S108 - the directory in it has a random name and mode 0700
    return found


def _made(parent: Path) -> tuple[Path, int]:
    """A new directory and its lock."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        owner = os.open(path / _OWNER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_MODE)
        os.fchmod(owner, _OWNER_MODE)  # whatever the umask is
        os.close(owner)
        lock = _lock(path)
        if lock is not None:
            return path, lock
        # Another process removed it between the two calls: again.


def _ours(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return private and found.st_uid == os.geteuid()


def _lock(path: Path) -> int | None:
    """The lock of a directory, held by us now; None if it has an owner or never had one."""
    try:
        lock = os.open(path / _OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        _check_owner(os.fstat(lock))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _check_owner(found: os.stat_result) -> None:
    """OSError unless it is the file that `_made` makes: empty, regular, mode 0600."""
    regular = stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) == _OWNER_MODE
    if not regular or found.st_size or found.st_uid != os.geteuid():
        raise OSError("not made here")


class Undertaker:
    """A small process that outlives ours, to remove `directory` and what its `link` leads to.

    A card's code may end the process that it runs in: `os._exit`, a crash in a library of its own.
    A shell holds the reading end of a pipe of ours, which ends with us however that is. Call
    `close` once the directory is removed.
    """

    def __init__(self, directory: Path, link: str) -> None:
        from .daemon import find  # the daemon's machinery, for those who have one

        self._pid = 0
        waits, self._ours = os.pipe2(os.O_CLOEXEC)
        with contextlib.suppress(OSError):  # there is no room for it: the next world sweeps
            self._pid = os.posix_spawn(
                find("sh"),
                ["sh", "-c", _WAIT, "sh", os.fspath(directory), link],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, waits, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                ],
                setpgroup=0,  # what a terminal interrupts is not its business
                setsigmask=(),
            )
        os.close(waits)

    def close(self) -> None:
        """End that process. Harmless a second time."""
        ours, self._ours = self._ours, -1
        if ours >= 0:
            os.close(ours)
            if self._pid:
                os.waitpid(self._pid, 0)
