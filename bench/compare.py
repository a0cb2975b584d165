"""Compare two runs, so that a regression is a number.

    python -m bench compare BEFORE AFTER

Rows with ratios are compared by these, which cancels the machine's speed. A row is `slower` or
`faster` if the interquartile ranges of the two runs do not overlap and their medians differ by
NOTICED; the exit status is 1 if any row is slower. Baseline rows get no verdict.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from .report import Report, Row, quartiles

NOTICED = 0.03
SAME, SLOWER, FASTER, ALONE = "", "slower", "faster", "in one run only"


def verdict(before: Row, after: Row) -> str:
    """Return SLOWER or FASTER if the two differ by more than their own spread, else SAME."""
    (low, high), (new_low, new_high) = quartiles(before.compared), quartiles(after.compared)
    apart = new_low > high or new_high < low
    if after.yardstick or not apart or abs(change(before, after) - 1) < NOTICED:
        return SAME
    return FASTER if (change(before, after) > 1) is after.more else SLOWER


def change(before: Row, after: Row) -> float:
    """Return the figure of `after` divided by that of `before`."""
    return median(after.compared) / (median(before.compared) or 1)


def cell(row: Row) -> str:
    """Format a row's figure with its interquartile range."""
    low, high = quartiles(row.compared)
    unit = f"x {row.base}" if row.ratios else row.unit
    return f"{median(row.compared):,.2f} {unit} [{low:,.2f} {high:,.2f}]"


def compared(before: Report, after: Report) -> list[tuple[str, str, str, str, str]]:
    """Return a row for each measure: name, two figures, ratio, verdict."""
    old, new = ({row.name: row for row in report.rows} for report in (before, after))
    table = []
    for name in dict.fromkeys([*old, *new]):
        if name in old and name in new and bool(old[name].ratios) == bool(new[name].ratios):
            pair = old[name], new[name]
            table.append((name, *map(cell, pair), f"{change(*pair):.2f}", verdict(*pair)))
        else:
            cells = (cell(rows[name]) if name in rows else "-" for rows in (old, new))
            table.append((name, *cells, "", ALONE))
    return table


def main(arguments: Sequence[str]) -> int:
    """Print the comparison; return 1 if any row is slower."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    before, after = (Report.read(Path(name)) for name in arguments)
    for key in dict.fromkeys([*before.machine, *after.machine]):
        values = (str(report.machine.get(key, "-")) for report in (before, after))
        print(f"{key:28} {next(values):>34} {next(values):>34}")
    table = compared(before, after)
    for name, old, new, times, judged in table:
        print(f"{name:42} {old:>38} {new:>38} {times:>6} {judged}")
    return int(any(judged == SLOWER for *_, judged in table))
