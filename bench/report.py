"""The results of a run: rows of samples with their spread, on the screen and in a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

VERSION = 1
"""Version of the file's layout."""
GOALS = {None: "", True: "  (goal met)", False: "  (GOAL MISSED)"}


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the lower and the upper quartile."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[round(last / 4)], ordered[round(last * 3 / 4)]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: a sample for each round, and its ratio to `base` in the same round.

    `more`: higher figures are better. `met`: whether the goal was met.
    """

    name: str
    unit: str
    samples: Sequence[float]
    ratios: Sequence[float] = ()
    base: str = ""
    more: bool = False
    met: bool | None = None

    @property
    def yardstick(self) -> bool:
        """Whether the row is a baseline, which shows the speed of the machine."""
        return bool(self.base) and not self.ratios

    @property
    def compared(self) -> Sequence[float]:
        """The figures for comparing two runs: ratios if there are any, else samples."""
        return self.ratios or self.samples

    def __str__(self) -> str:
        low, high = quartiles(self.samples)
        text = (
            f"{self.name:42} {median(self.samples):12,.2f} {self.unit:7} [{low:,.2f} {high:,.2f}]"
        )
        if self.ratios:
            low, high = quartiles(self.ratios)
            text += f"  {median(self.ratios):.2f} x {self.base} [{low:.2f} {high:.2f}]"
        return text + GOALS[self.met]

    def as_json(self) -> dict[str, object]:
        """The row as a JSON object."""
        return {
            "name": self.name,
            "unit": self.unit,
            "samples": [round(value, 4) for value in self.samples],
            "ratios": [round(value, 4) for value in self.ratios],
            "base": self.base,
            "more": self.more,
            "met": self.met,
        }


class Report:
    """The rows of a run, and the machine that it ran on."""

    def __init__(self, machine: Mapping[str, object]) -> None:
        self.machine = dict(machine)
        self.rows: list[Row] = []

    def tell(self, row: Row) -> None:
        """Store a row, and print it."""
        self.rows.append(row)
        print(row, flush=True)

    @property
    def missed(self) -> list[str]:
        """The rows whose goals were missed."""
        return [row.name for row in self.rows if row.met is False]

    def write(self, path: Path) -> None:
        """Write the report as JSON."""
        rows = [row.as_json() for row in self.rows]
        told = {"version": VERSION, "machine": self.machine, "rows": rows}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Report:
        """Read a report from its file; ValueError for another layout."""
        told = json.loads(path.read_text())
        if told.get("version") != VERSION:
            raise ValueError(f"{path}: no report of version {VERSION}")
        report = cls(told["machine"])
        report.rows = [Row(**row) for row in told["rows"]]
        return report
