"""Statistics as tables with bars, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from ifd_bridge.explain.atr_stats import Table

BAR_WIDTH = 40


def table_values(table: Table) -> dict[str, Any]:
    """A table for JSON."""
    rows = [
        {"value": r.value, "count": r.count, "percent": round(r.percent, 2)} for r in table.rows
    ]
    return {"title": table.title, "total": table.total, "rows": rows}


def plot(table: Table, rows: int) -> Iterator[str]:
    """The lines of a table, the first `rows` values with a bar each."""
    yield ""
    yield click.style(table.title, bold=True)
    widest = max((len(row.value) for row in table.rows), default=0)
    most = max((row.percent for row in table.rows), default=1.0)
    for row in table.rows[:rows]:
        bar = "█" * round(BAR_WIDTH * row.percent / most) or "▏"
        colour = click.style(bar, fg="cyan" if row.value else "bright_black")
        yield f"  {row.value:<{widest}}  {row.count:6}  {row.percent:6.2f} %  {colour}"
    if len(table.rows) > rows:
        yield f"  and {len(table.rows) - rows} other values"
