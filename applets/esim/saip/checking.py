"""What a card cannot hold of a package: all that can be said at once.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.11 (PEStatus).
"""

from __future__ import annotations

from ..services import PROVIDED, Service
from .decoder import ENDLESS, read_package
from .status import Finding, PackageError


def check(
    raw: bytes, *, provided: frozenset[Service] = PROVIDED, room: int = ENDLESS
) -> tuple[Finding, ...]:
    """What is demanded and not there, what would be left out, and the first thing that is wrong.

    Nothing, if a card with these services and `room` bytes of memory holds all of it.
    """
    try:
        return read_package(raw, provided=provided, room=room, lenient=True).warnings
    except PackageError as error:
        refused = error.finding
    try:
        return (*read_package(raw, provided=provided, lenient=True).warnings, refused)
    except PackageError:
        return (refused,)


def installs(raw: bytes, *, provided: frozenset[Service] = PROVIDED, room: int = ENDLESS) -> bool:
    """Whether such a card installs the package, if perhaps not all of it."""
    try:
        read_package(raw, provided=provided, room=room)
    except PackageError:
        return False
    return True
