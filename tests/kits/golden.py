"""Texts as they should be, whole: `tests/vectors/golden`.

What people read (names, explanations, tables) is compared line by line, so that no number in it
changes unseen. `GOLDEN=write pytest ...` writes a file again; the change is read in its diff,
against the standard that it comes from.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
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
