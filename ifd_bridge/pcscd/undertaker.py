"""A small process that outlives ours, and removes the files that a killed process leaves.

A card's code may end the process that it runs in: `os._exit`, a crash in a library of its own. A
shell holds the reading end of a pipe of ours, which ends with us however that is.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from .daemon import find

_WAIT = """
while read -r line; do :; done
[ -e "$1" ] || exit 0
echo "vcard: the process of this world has ended without closing it: was it a card's code?" >&2
if [ -L "$1/$2" ]; then rm -f -- "$(readlink "$1/$2")"; fi
rm -rf -- "$1"
"""


class Undertaker:
    """Waits beside us to remove `directory`, and what the link `link` in it leads to.

    `close` when that is done.
    """

    def __init__(self, directory: Path, link: str) -> None:
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
        """Let it go. Harmless a second time."""
        ours, self._ours = self._ours, -1
        if ours >= 0:
            os.close(ours)
            if self._pid:
                os.waitpid(self._pid, 0)
