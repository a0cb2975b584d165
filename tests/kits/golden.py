"""Expected texts, compared as a whole: `tests/vectors/golden`.

Texts for people (names, explanations, tables) are compared line by line, so that no number changes
unnoticed. `GOLDEN=write pytest ...` rewrites a file; review the diff against the standard that it
comes from.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path

HERE = Path(__file__).parents[1] / "vectors" / "golden"


def check(name: str, lines: Iterable[str], *, more: bool = False) -> None:
    """Compare lines with the file of a name; with `more` there may be others besides."""
    path, told = HERE / f"{name}.txt", list(lines)
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(told) + "\n")
    kept = path.read_text().splitlines()
    if more:
        told = [line for line in told if line in kept]
    assert told == kept, "`GOLDEN=write python -m pytest FILE` writes it anew; read its diff"


def values(value: object, place: str = "") -> Iterator[str]:
    """A table of data as lines, however deep: fields by name, numbers in hexadecimal."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        pairs = [(f".{field.name}", getattr(value, field.name)) for field in fields]
    elif isinstance(value, Mapping):
        pairs = [(f"[{one(key)}]", each) for key, each in value.items()]
    elif isinstance(value, tuple | list) and any(map(_deep, value)):
        pairs = [(f"[{number}]", each) for number, each in enumerate(value)]
    else:
        yield f"{place} {one(value)}"
        return
    for name, each in pairs:
        yield from values(each, place + name)


def one(value: object) -> str:
    """A single value as text, the same each time."""
    if isinstance(value, bytes):
        return value.hex().upper() or "empty"
    if isinstance(value, frozenset | set):
        return "{" + ", ".join(sorted(map(one, value))) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(one, value)) + ")"
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:X}"
    return getattr(value, "__qualname__", None) or " ".join(str(value).split())


def _deep(value: object) -> bool:
    return dataclasses.is_dataclass(value) or isinstance(value, Mapping)
