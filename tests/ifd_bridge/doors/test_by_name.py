from __future__ import annotations

import pytest

from ifd_bridge.doors.bridge import BridgeDoor
from ifd_bridge.doors.by_name import DOORS, DoorName
from ifd_bridge.doors.kernel import KernelDoor
from ifd_bridge.doors.libccid import LibccidDoor, LibccidSerialDoor
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.ifdh.server import Served
from ifd_bridge.worlds.endpoint import BareReader
from readers import CcidReader, models
from readers.models.real import GEMALTO_PC_TWIN

KINDS = {
    "bridge": BridgeDoor,
    "libccid?ifdDriverOptions=0x0047": LibccidDoor,
    "libccid-serial?language=de": LibccidSerialDoor,
    "kernel": KernelDoor,
}


def test_a_door_has_a_name() -> None:
    place = BareReader(CcidReader(GEMALTO_PC_TWIN))
    made = {text: DoorName.parse(text).door([place]) for text in KINDS}
    assert {text: type(door) for text, door in made.items()} == KINDS
    assert [door.slots for door in made.values()] == [1] * len(DOORS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("usb", "no driver is called 'usb'; there are bridge, libccid, libccid-serial"),
        ("bridge?ifdDriverOptions=0x40", "no use for option 0x0040"),
        ("libccid?x=1", "no option 'x'"),
        ("libccid?as=1.5.2", "as is for bridge: libccid is the release that is installed"),
    ],
)
def test_what_is_no_door_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        DoorName.parse(text)


def test_options_reach_the_driver() -> None:
    given: list[DriverOptions] = []

    class Remembers(BareReader):
        def drive(self, options: DriverOptions) -> Served:
            given.append(options)
            return super().drive(options)

    chosen = DoorName.parse("bridge?language=fr", DriverOptions(escape=True))
    chosen.door([Remembers(CcidReader(models.PLAIN))])
    assert given == [DriverOptions(escape=True, language="fr")]
