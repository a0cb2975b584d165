"""Compare two packages fact by fact. Secrets are compared but not shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from .decoder import Package
from .outline import MASK, outline

_NAMED = ("path", "reference", "aid", "name")
"""Keys that identify a member of a list."""


def differences(old: Package, new: Package) -> dict[str, tuple[str | None, str | None]]:
    """The facts that differ, by name: old and new value (None: missing)."""
    sides = [dict(_facts("", outline(one, secret=_digest))) for one in (old, new)]
    before, after = sides
    return {
        name: (_shown(before.get(name)), _shown(after.get(name)))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def _digest(raw: bytes) -> str:
    return MASK + hashlib.sha256(raw).hexdigest()


def _shown(value: str | None) -> str | None:
    return MASK if value is not None and value.startswith(MASK) else value


def _facts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The leaves of a tree of values, with their full names."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _facts(f"{name}, {key}" if name else key, part)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        seen: dict[str, int] = {}
        for part in value:
            own = _own_name(part)
            seen[own] = seen.get(own, 0) + 1
            again = f" ({seen[own]})" if seen[own] > 1 else ""
            yield from _facts(f"{name}, {own}{again}", part)
    else:
        yield name, "" if value is None else str(value)


def _own_name(part: dict[str, Any]) -> str:
    found = next((str(part[key]) for key in _NAMED if part.get(key)), "")
    return f"{found} {part['directory']}" if part.get("directory") else found
