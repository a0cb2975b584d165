"""Test vectors: lines of fields between bars."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parents[1] / "vectors"


def rows(name: str) -> list[list[str]]:
    """The lines of a file of vectors, without comments."""
    lines = (HERE / name).read_text().splitlines()
    return [
        [field.strip() for field in line.split("|")]
        for line in lines
        if line and not line.startswith("#")
    ]
