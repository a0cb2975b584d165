from __future__ import annotations

from dataclasses import replace

import pytest

from ifd_bridge.doors import by_name
from ifd_bridge.doors.bridge import BridgeDoor
from ifd_bridge.doors.by_name import door, serve
from ifd_bridge.doors.libccid import LibccidDoor, LibccidSerialDoor
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.ifdh.api import Code
from readers import CcidReader, models
from readers.models.real import GEMALTO_PC_TWIN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("bridge", BridgeDoor),
        ("libccid?ifdDriverOptions=0x0047", LibccidDoor),
        ("libccid-serial?language=de", LibccidSerialDoor),
    ],
)
def test_a_door_has_a_name(text: str, kind: type) -> None:
    made = door(text)([CcidReader(GEMALTO_PC_TWIN)], serve)
    assert isinstance(made, kind)
    assert made.slots == 1


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
        door(text)


def test_options_reach_the_driver() -> None:
    given = []

    def remember(reader: CcidReader, options: DriverOptions, address: int) -> object:
        given.append((options, address))
        return serve(reader, options, address)

    reader = CcidReader(models.PLAIN)
    door("bridge?language=fr", DriverOptions(escape=True))([reader], remember)
    assert given == [(DriverOptions(escape=True, language="fr"), 1)]


def test_a_reader_that_no_host_would_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused:
        opened = Code.COMMUNICATION_ERROR
        refusal = None

        def __init__(self, cable: object, model: object, *options: object) -> None:
            self.slots = ()

    monkeypatch.setattr(by_name, "Driver", Refused)
    with pytest.raises(ValueError, match="no host would take"):
        serve(CcidReader(models.PLAIN))


def test_firmware_with_known_bugs_is_refused_unless_an_administrator_takes_it() -> None:
    reader = CcidReader(replace(models.MODELS["acr122u"], bcd_device=0x0202))
    with pytest.raises(ValueError, match=r"firmware 2\.02 has known bugs, 2\.06 is the first"):
        serve(reader)
    assert serve(reader, DriverOptions.parse(0x0004)).drivers
