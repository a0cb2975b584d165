"""The readers of places as one device."""

from ifd_bridge.doors.usb_device import usb_device
from ifd_bridge.worlds.endpoint import BareReader
from readers import CcidReader
from tests.kits.dual import DUAL


def test_places_of_one_device_are_pulled_out_together():
    places = [BareReader(CcidReader(model)) for model in DUAL]
    told = []
    port = usb_device(places, lambda: told.append(port.state))
    assert port.models == list(DUAL)
    for place in places:
        assert place.pull == port.unplug
    places[1].pull()
    assert told[-1] == "unplugged"
    port.close()
