"""Statistics of readers: a table for each property that matters to a host driver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from readers.description.explain import FEATURES, LEVELS
from readers.models import Model

from .atr_stats import Row, Table

Values = Callable[[Model], list[str]]


def tables(models: Sequence[Model]) -> list[Table]:
    """All tables for a list of readers; percentages are of the readers."""
    return [_table(title, values, models) for title, values in _TABLES]


def _table(title: str, values: Values, models: Sequence[Model]) -> Table:
    counts = Counter(value for model in models for value in values(model))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total = max(len(models), 1)
    return Table(title, tuple(Row(value, count, 100 * count / total) for value, count in ordered))


def _features(model: Model) -> Iterable[str]:
    return (text for bit, text in FEATURES.items() if model.descriptor.dwFeatures & bit)


def _pin_pad(model: Model) -> str:
    names = {0: "none", 1: "verification", 2: "modification", 3: "verification and modification"}
    return names.get(model.descriptor.bPINSupport, f"0x{model.descriptor.bPINSupport:02X}")


def _protocols(model: Model) -> str:
    names = {0: "none", 1: "T=0", 2: "T=1", 3: "T=0 and T=1"}
    return names.get(model.descriptor.dwProtocols, f"0x{model.descriptor.dwProtocols:X}")


_PROTOCOLS = {0: "CCID", 1: "ICCD version A", 2: "ICCD version B"}
_TABLES: Sequence[tuple[str, Values]] = (
    ("Exchange levels", lambda m: [LEVELS[m.descriptor.exchange_level].partition(":")[0]]),
    ("dwFeatures", lambda m: list(_features(m))),
    ("Protocols", lambda m: [_protocols(m)]),
    ("dwMaxIFSD", lambda m: [str(m.descriptor.dwMaxIFSD)]),
    ("dwMaxCCIDMessageLength", lambda m: [str(m.descriptor.dwMaxCCIDMessageLength)]),
    ("Slots", lambda m: [str(m.slots)]),
    ("PIN pads", lambda m: [_pin_pad(m)]),
    ("Endpoints", lambda m: [str(len(m.endpoints))]),
    ("Interfaces", lambda m: [_PROTOCOLS.get(m.interface_protocol, "unknown")]),
    ("Vendors", lambda m: [f"{m.vendor_id:04X} {m.vendor_name}".strip()]),
)
