"""Statistics of ATRs: a table for each of the most important interface bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vcard.atr.atr import Atr
from vcard.atr.values import VoltageClass

Key = Callable[[Atr], str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A value, how many ATRs have it, and which share of the table's ATRs they are."""

    value: str
    count: int
    percent: float


@dataclass(frozen=True, slots=True)
class Table:
    """The values of one byte, the most frequent first; the value "" means absent."""

    title: str
    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        """The number of ATRs counted."""
        return sum(row.count for row in self.rows)


def tables(atrs: Sequence[Atr]) -> list[Table]:
    """All tables for a list of ATRs."""
    return [_table(title, key, atrs) for title, key in _KEYS]


def _table(title: str, key: Key, atrs: Iterable[Atr]) -> Table:
    counts = Counter(value for value in map(key, atrs) if value is not None)
    total = counts.total()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], _by_number(item[0])))
    return Table(title, tuple(Row(value, n, 100 * n / total) for value, n in ordered))


def _by_number(value: str) -> tuple[int, str]:
    return (int(value, 0), value) if value[:1].isdigit() else (-1, value)


def _byte(number: int, letter: str) -> Key:
    def key(atr: Atr) -> str:
        value: int | None = getattr(atr.layout.group(number), f"t{letter}")
        return "" if value is None else f"0x{value:02X}"

    return key


def _ts(atr: Atr) -> str:
    return f"0x{atr.layout.ts:02X}"


def _ifsc(atr: Atr) -> str | None:
    """TA3 where it is for T=1."""
    group = atr.layout.group(3)
    return str(group.ta) if group.protocol == 1 and group.ta is not None else None


def _classes(atr: Atr) -> str | None:
    """The classes where a TA for T=15 tells them, all six bits as they stand."""
    value = atr.layout.first_value(15, "A")
    if value is None:
        return None
    names = [
        f"{name} {_VOLTS.get(VoltageClass(1 << i), 'RFU')}"
        for i, name in enumerate("ABCDEF")
        if value & 1 << i
    ]
    return " ".join(names) or "none"


_VOLTS = {
    VoltageClass.A: "5V",
    VoltageClass.B: "3V",
    VoltageClass.C: "1.8V",
    VoltageClass.D: "1.2V",
}
_KEYS: Sequence[tuple[str, Key]] = (
    ("TS - Initial character", _ts),
    ("TA1 - Global, encodes Fi and Di", _byte(1, "a")),
    ("TC1 - Global, encodes N", _byte(1, "c")),
    ("TD1 - Structural, encodes Y2 and T", _byte(1, "d")),
    ("TC2 - Specific to T=0", _byte(2, "c")),
    ("TD2 - Structural, encodes Y3 and T", _byte(2, "d")),
    ("TA3 - Specific to T after T from 0 to 14 in TD2", _byte(3, "a")),
    ("IFSC (TA3 for T=1)", _ifsc),
    ("Supported supply voltages (first TA for T=15)", _classes),
)
