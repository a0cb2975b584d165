from __future__ import annotations

import pytest

from ifd_bridge.trace import Stream
from ifd_bridge.worlds.layout import Layout
from readers import models


def test_readers_are_numbered_on_with_the_cards_named_in_their_trays() -> None:
    made = Layout(Stream()).places([("plain", "hello"), (models.TWO_SLOT, ["", "random"])], 3)
    assert [place.number for place in made] == [3, 4]
    assert made[0].trays[0].name == "hello"
    assert [tray.name for tray in made[1].trays] == ["", "random"]
    assert not any(tray.inserted for place in made for tray in place.trays)


@pytest.mark.parametrize(
    "reader",
    [
        "security-key",
        "plain?interface_protocol=2&endpoints=",
        "plain?descriptor.dwFeatures=0x40800",
    ],
)
def test_a_reader_whose_card_is_built_in_needs_one(reader: str) -> None:
    with pytest.raises(ValueError, match="is built in: name it, by --card"):
        Layout(Stream()).places([(reader, None)])
