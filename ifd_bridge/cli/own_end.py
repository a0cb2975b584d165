"""The end of a world's process, which vcard alone brings about.

A card's code runs in that process and may end it with any status, 0 among them. Whoever has started
`vcard run` would take that for the status of the command.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import NoReturn

from readers.watched_contact import CAME_BACK

from . import OWN_FAILURE

ENDS = ("_exit", "execv", "execve")
"""The functions of `os` that end this process or put another program in its place; the rest of
exec* call these."""
leave = os._exit
"""End this process at once, for vcard itself."""


@contextlib.contextmanager
def ours_alone() -> Iterator[None]:
    """Let nobody else end this process with a status of their choice while the context lasts.

    A call of a function of ENDS, in any thread, is told on stderr, and the status is OWN_FAILURE.
    Processes that are forked from this one may end as they like; one that comes back from the
    card's code into ours ends there, so that no command is answered twice.
    """
    before = {name: getattr(os, name) for name in ENDS}
    owner = os.getpid()
    _owners.add(owner)
    for name, genuine in before.items():
        setattr(os, name, partial(_ended, owner, name, genuine))
    try:
        yield
    finally:
        _owners.discard(owner)
        for name, genuine in before.items():
            setattr(os, name, genuine)


def _forked() -> None:
    """Watch a forked process, which has the one thread that has forked it."""
    if os.getppid() in _owners:
        CAME_BACK.append(_end)


def _end() -> None:
    """End the process where a card's code returns to its caller, which is ours."""
    sys.stderr.write("vcard: a process that a card's code has forked came back, and ends\n")
    sys.stderr.flush()
    leave(OWN_FAILURE)


_owners: set[int] = set()
"""The processes whose end is ours alone."""
os.register_at_fork(after_in_child=_forked)


def _ended(owner: int, name: str, genuine: Callable[..., NoReturn], *args: object) -> NoReturn:
    if os.getpid() == owner:
        given = ", ".join(repr(arg) for arg in args[:1])
        sys.stderr.write(f"vcard: os.{name}({given}) was called in this process, not by vcard\n")
        sys.stderr.flush()
        leave(OWN_FAILURE)
    genuine(*args)
