"""ATRs are counted byte by byte, in tables that add up."""

import pytest

from ifd_bridge.explain.atr_list import LIST, read
from ifd_bridge.explain.atr_stats import Row, tables
from tests.kits import golden
from vcard.atr.atr import Atr

ATRS = [
    Atr.parse(bytes.fromhex(text))
    for text in (
        "3B8281317643C002C5",
        "3B8480010000900095",
        "3BA70040008065A208000000",
        "3F6725002120000F789000",
        "3B9F9680B1FE453FC7838031E073FE211F76636172644D455020",
        "3B80801F021D",
        "3B80801F005F",
    )
]


def test_every_table_counts_the_atrs_that_have_the_byte():
    found = {table.title.split(" ")[0]: table for table in tables(ATRS)}
    assert found["TS"].rows == (Row("0x3B", 6, 600 / 7), Row("0x3F", 1, 100 / 7))
    assert found["TC2"].rows == (Row("", 6, 600 / 7), Row("0x00", 1, 100 / 7))
    assert [row.value for row in found["IFSC"].rows] == ["118", "254"]
    assert [row.value for row in found["Supported"].rows] == ["A 5V B 3V C 1.8V", "B 3V", "none"]
    assert found["TA3"].total == len(ATRS)


@pytest.mark.skipif(not LIST.exists(), reason="pcsc-tools' list is not installed")
@pytest.mark.slow
def test_the_installed_list_has_the_shape_that_the_statistics_of_2017_had():
    atrs = [Atr.parse(entry.raw) for entry in read() if entry.raw is not None]
    found = {table.title.split(" ")[0]: table for table in tables(atrs)}
    assert [row.value for row in found["TA3"].rows[:3]] == ["", "0xFE", "0xC7"]
    assert found["IFSC"].rows[0].value == "254"
    assert found["IFSC"].rows[0].percent > 75
    assert [row.value for row in found["TC2"].rows[:2]] == ["", "0x0A"]


def test_every_row_of_every_table_is_counted():
    golden.check("atr_stats", [
        f"{table.title} ({table.total}) | {row.value} | {row.count} | {row.percent:.2f}"
        for table in tables(ATRS) for row in table.rows
    ])  # fmt: skip
