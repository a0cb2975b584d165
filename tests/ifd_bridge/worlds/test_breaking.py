from __future__ import annotations

import pytest

from ifd_bridge.worlds.breaking import parsed
from readers import CcidReader, models


def test_faults_are_of_cards_or_of_readers() -> None:
    struck: list[tuple[int, str]] = []

    def tell(slot: int, text: str) -> None:
        struck.append((slot, text))

    of_cards, of_readers = parsed(["ins=20:mute", "usb:reset"], 0, tell, below_apdu=False)
    assert of_cards is not None
    assert of_readers is not None
    reader = CcidReader(models.PLAIN)
    reader.faults = of_readers
    reader.handle(bytes.fromhex("65000000000001000000"), 0.0)
    assert struck == [(0, "reader: reset")]
    assert parsed(["usb:reset"], 0, tell, below_apdu=False)[0] is None
    assert parsed(["ins=20:mute"], 0, tell, below_apdu=False)[1] is None
    assert parsed([], 0, tell, below_apdu=False) == (None, None)


def test_what_is_no_fault_here_is_refused_at_once() -> None:
    def refused(text: str, *, below_apdu: bool = False) -> str:
        with pytest.raises(ValueError, match="the fault") as told:
            parsed([text], 0, lambda slot, told: None, below_apdu=below_apdu)
        return str(told.value)

    assert "none of" in refused("reader:explode")
    assert "none of" in refused("ins=20:explode", below_apdu=True)
    assert "hides the card's blocks" in refused("block=3:mute")
    assert parsed(["block=3:mute"], 0, lambda slot, told: None, below_apdu=True)[0] is not None
