"""The standard streams of a process that was started without them."""

from __future__ import annotations

import os
import sys

STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def make_good() -> None:
    """Let /dev/null stand in for each standard stream that is closed.

    Otherwise Python has None in its place, and the next file or socket gets its descriptor: what is
    meant for a terminal would go there. Spec: POSIX.1, execve ("RATIONALE", descriptors 0 to 2).
    """
    for number, (name, mode) in enumerate(STREAMS):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)  # noqa: FBT003 - the only parameter
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - to the end
