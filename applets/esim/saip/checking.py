"""Check a package for a card without installing it.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.11 (PEStatus).
"""

from __future__ import annotations

from ..services import PROVIDED, Service
from .decoder import ENDLESS, read_package
from .status import Finding, PackageError


def check(
    raw: bytes, *, provided: frozenset[Service] = PROVIDED, room: int = ENDLESS
) -> tuple[Finding, ...]:
    """List unmet requirements, skipped elements, and the first error.

    The result is empty if a card with these services and `room` bytes of memory holds everything.
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
    """Whether such a card installs the package, perhaps with elements skipped."""
    try:
        read_package(raw, provided=provided, room=room)
    except PackageError:
        return False
    return True
