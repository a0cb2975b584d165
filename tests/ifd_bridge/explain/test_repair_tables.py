from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ifd_bridge.explain import repair_tables
from tests.source import ROOT

PAGE = (ROOT / "docs" / "how-to" / "readers.md").read_text()


@pytest.mark.parametrize(
    "table", [repair_tables.repairs, repair_tables.firmware, repair_tables.releases]
)
def test_the_page_has_the_tables_of_the_code(table: Callable[[], Iterator[str]]) -> None:
    mark = f"<!-- {table.__name__} -->\n"
    shown = PAGE.partition(mark)[2].partition("\n<!-- end -->")[0]
    assert shown == "\n".join(table()), "docs/how-to/readers.md is older than the code"


def test_ids_are_as_lsusb_prints_them() -> None:
    assert repair_tables.usb_id(0x04E65116) == "04e6:5116"
