from __future__ import annotations

import pytest

from readers.models.endpoint import BULK_IN, BULK_OUT, STANDARD, Endpoint


def test_an_endpoint_knows_its_direction() -> None:
    assert [one.reads for one in STANDARD] == [False, True, True]
    assert (BULK_OUT.address, BULK_IN.address) == (0x01, 0x82)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"address": 0x80}, "number of 1..15"),
        ({"address": 0x10}, "number of 1..15"),
        ({"address": 1, "packet_size": 0}, "1..1024 bytes, not 0"),
        ({"address": 1, "packet_size": 1025}, "1..1024 bytes"),
        ({"address": 1, "interval": 256}, "0..255, not 256"),
    ],
)
def test_what_is_no_endpoint_is_refused(fields: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Endpoint(**fields)  # type: ignore[arg-type] # the fields of a number each
