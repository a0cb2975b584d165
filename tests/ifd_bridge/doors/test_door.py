from __future__ import annotations

from dataclasses import replace

import pytest

from ifd_bridge.doors import door as module
from ifd_bridge.doors.door import BareReader, served
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.ifdh.api import Code
from ifd_bridge.pcscd.daemon import Entrance
from readers import CcidReader, models


def test_a_reader_is_served_with_a_driver_for_each_slot() -> None:
    made = BareReader(CcidReader(models.TWO_SLOT)).drive(DriverOptions())
    assert made.source.slots == len(made.drivers) == 2


def test_a_reader_that_no_host_would_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused:
        opened = Code.COMMUNICATION_ERROR
        refusal = None

        def __init__(self, cable: object, model: object, *options: object) -> None:
            self.slots = ()

    monkeypatch.setattr(module, "Driver", Refused)
    with pytest.raises(ValueError, match="no host would take"):
        served(CcidReader(models.PLAIN))


def test_firmware_with_known_bugs_is_refused_unless_an_administrator_takes_it() -> None:
    reader = CcidReader(replace(models.MODELS["acr122u"], bcd_device=0x0202))
    with pytest.raises(ValueError, match=r"firmware 2\.02 has known bugs, 2\.06 is the first"):
        served(reader)
    assert served(reader, DriverOptions.parse(0x0004)).drivers


def test_an_entrance_asks_for_nothing_by_itself() -> None:
    bare = Entrance()
    assert (bare.readers, bare.drivers, dict(bare.environ)) == ((), None, {})
