from __future__ import annotations

from dataclasses import replace

from ifd_bridge.explain.reader_stats import tables
from readers.models import MODELS, PINPAD, PLAIN, Model
from tests.kits import golden


def counts(models: list[Model]) -> dict[str, dict[str, int]]:
    return {table.title: {row.value: row.count for row in table.rows} for table in tables(models)}


def test_each_property_has_a_table() -> None:
    found = counts([PLAIN, PINPAD, MODELS["sim-t0"]])
    assert found["Exchange levels"] == {"short and extended APDU level": 2, "TPDU level": 1}
    assert found["PIN pads"] == {"none": 2, "verification and modification": 1}
    assert found["Protocols"] == {"T=0 and T=1": 2, "T=0": 1}
    assert found["Vendors"] == {"1209 vcard": 2, "073D Eutron": 1}
    assert found["dwFeatures"]["does the PPS"] == 2


def test_values_without_a_name_are_shown_as_they_are() -> None:
    descriptor = replace(PLAIN.descriptor, dwProtocols=0x20003, bPINSupport=8)
    odd = replace(PLAIN, descriptor=descriptor, interface_protocol=9)
    found = counts([odd])
    assert found["Protocols"] == {"0x20003": 1}
    assert found["PIN pads"] == {"0x08": 1}
    assert found["Interfaces"] == {"unknown": 1}


def test_nothing_counted_is_no_rows() -> None:
    assert all(not table.rows for table in tables([]))


def test_rows_stand_by_number_and_then_by_value() -> None:
    found = tables([*MODELS.values(), PLAIN, PINPAD])
    golden.check("reader_stats", [
        f"{table.title} | {row.value} | {row.count} | {row.percent:.2f}"
        for table in found for row in table.rows
    ])  # fmt: skip
