from __future__ import annotations

from ifd_bridge.cli.stat_tables import plot, table_values
from ifd_bridge.explain.atr_stats import Row, Table

TABLE = Table("Levels", (Row("TPDU", 3, 75.0), Row("", 1, 25.0)))


def test_a_table_has_bars_as_long_as_its_shares() -> None:
    lines = list(plot(TABLE, 9))
    assert lines[2].count("█") == 40
    assert lines[3].count("█") == 13


def test_what_is_too_much_is_counted() -> None:
    assert list(plot(TABLE, 1))[-1] == "  and 1 other values"
    assert list(plot(Table("None", ()), 1))[1:]


def test_a_table_is_json() -> None:
    assert table_values(TABLE)["total"] == 4
    assert table_values(TABLE)["rows"][0] == {"value": "TPDU", "count": 3, "percent": 75.0}
