from __future__ import annotations

import threading

from ifd_bridge.doors.face_door import FaceDoor, usb_device
from ifd_bridge.worlds.endpoint import BareReader
from readers import CcidReader, models
from tests.kits.dual import DUAL


class Device:
    def __init__(self) -> None:
        self.opened = threading.Event()
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def test_it_is_ready_when_the_driver_has_opened_every_device() -> None:
    door: FaceDoor[Device] = FaceDoor([BareReader(CcidReader(models.TWO_SLOT))] * 2)
    one, two = door._devices[:] = [Device(), Device()]
    assert door.slots == 4
    one.opened.set()
    assert not door.ready(0, bool)
    two.opened.set()
    door.wake()
    assert door.ready(0, bool)
    door.close()
    door.close()
    assert (one.closed, two.closed) == (1, 1)


def test_a_device_whose_readers_pcscd_ignores_is_not_waited_for() -> None:
    door: FaceDoor[Device] = FaceDoor([BareReader(CcidReader(models.TWO_SLOT))] * 2)
    door._devices[:] = one, _ = [Device(), Device()]
    one.opened.set()
    assert door.ready(0, bool, {1})
    assert not door.ready(0, bool, {0})


def test_waiting_ends_when_pcscd_does() -> None:
    door: FaceDoor[Device] = FaceDoor([BareReader(CcidReader(models.PLAIN))])
    door._devices.append(Device())
    assert not door.ready(20, lambda: True)


def test_places_of_one_device_are_pulled_out_together() -> None:
    places = [BareReader(CcidReader(model)) for model in DUAL]
    told: list[str] = []
    port = usb_device(places, lambda: told.append(port.state))
    assert port.models == list(DUAL)
    for place in places:
        assert place.pull == port.unplug
    places[1].pull()
    assert told[-1] == "unplugged"
    port.close()
