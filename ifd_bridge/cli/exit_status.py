"""The exit statuses of the command `vcard`, for the documentation."""

from __future__ import annotations

from dataclasses import dataclass

from . import BROKEN_PIPE, OWN_FAILURE
from .child import CANNOT_RUN, NOT_FOUND

WRONG_USAGE = 2
"""The exit status that click uses."""


@dataclass(frozen=True, slots=True)
class Status:
    """An exit status: its number, the commands that end with it, what it says."""

    code: str
    of: str
    text: str


STATUSES: tuple[Status, ...] = (
    Status("0", "every command", "It is done. Of `vcard run`: the wrapped command's own 0."),
    Status(
        "1",
        "every command but `run`",
        "It could not be done, and stderr says why: no world runs, a condition of `vcard wait` did"
        " not come in time, `vcard doctor` misses something.",
    ),
    Status("1", "`vcard run`", "Its command ended with 0, but left the recording that it replays."),
    Status(str(WRONG_USAGE), "every command but `run`", "Wrong options or arguments."),
    Status(
        str(OWN_FAILURE),
        "`vcard run`",
        "The world could not be made (wrong options, no pcscd, ...), or a trace, capture or"
        " recording could not be written whole.",
    ),
    Status(
        str(OWN_FAILURE),
        "`vcard run`, `vcard serve`",
        "A card's code has ended the world's process (`os._exit`, `os.exec...`), whatever status it"
        " wanted.",
    ),
    Status(str(CANNOT_RUN), "`vcard run`", "The wrapped command cannot be run."),
    Status(str(NOT_FOUND), "`vcard run`", "The wrapped command is not there."),
    Status("128 + N", "`vcard run`", "Signal N ended the wrapped command."),
    Status(str(BROKEN_PIPE), "commands that print", "Whoever read the output has read enough."),
    Status("any other", "`vcard run`", "The wrapped command's own."),
)
"""Every status."""
