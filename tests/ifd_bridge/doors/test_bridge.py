"""The main door."""

import plistlib
from dataclasses import replace

import pytest

from ifd_bridge.doors import bridge
from ifd_bridge.doors.bridge import BridgeDoor, served
from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.ifdh.api import Code
from ifd_bridge.worlds.endpoint import BareReader
from readers import CcidReader, models
from tests.kits.bridge.kit import Placed


@pytest.fixture
def door():
    made = []

    def make(**options):
        made.append(BridgeDoor([Placed("One"), Placed("Two")], **options))
        return made[-1]

    yield make
    for each in made:
        each.close()
        each.close()


def test_without_hotplug_the_readers_stand_in_reader_conf(door, tmp_path):
    entrance = door(hotplug=False).open(tmp_path)
    assert [reader.name for reader in entrance.readers] == ["One", "Two"]
    assert [reader.device for reader in entrance.readers] == [
        f"vcard:{tmp_path}/ifd.sock:{number}" for number in (0, 1)
    ]
    assert entrance.drivers is None


def test_with_hotplug_the_readers_are_devices_of_our_bundle(door, tmp_path):
    entrance = door(hotplug=True).open(tmp_path)
    assert entrance.readers == ()
    info = entrance.drivers / "vcard.bundle/Contents/Info.plist"
    assert plistlib.loads(info.read_bytes())["ifdFriendlyName"][:2] == ["One", "Two"]
    device = (tmp_path / "udev/1-02:1").read_text()
    assert f"devnode=vcard:{tmp_path}/ifd.sock:1" in device


def test_where_readers_cannot_come_and_go_reader_conf_is_used_and_the_reason_told(
    door, tmp_path, monkeypatch
):
    monkeypatch.setattr(bridge, "why_not", lambda: "no mount namespace can be made here")
    fixed = door()
    assert fixed.open(tmp_path).drivers is None
    with pytest.raises(RuntimeError, match="no mount namespace"):
        fixed.unplug(0)


def test_readers_are_plugged_and_unplugged_once(door, tmp_path):
    made = door(hotplug=True)
    made.open(tmp_path)
    made.unplug(1)
    with pytest.raises(RuntimeError, match="not plugged in"):
        made.unplug(1)
    made.plug(1)
    with pytest.raises(RuntimeError, match="already"):
        made.plug(1)


def test_a_door_that_is_not_open_is_never_ready(door):
    made = door()
    made.wake()
    assert not made.ready(0, bool)


def test_waiting_ends_when_pcscd_does(door, tmp_path):
    made = door(hotplug=False)
    made.open(tmp_path)
    made.wake()
    assert not made.ready(5, lambda: True)


def test_a_reader_is_added_under_a_name_that_the_bundle_has(door, tmp_path):
    made = door(hotplug=True)
    made.open(tmp_path)
    made.add([Placed("Virtual PIN Pad"), Placed("One")])
    assert made.slots == 4
    assert not (tmp_path / "udev/1-03:1").exists()
    made.plug(2)
    made.plug(3)
    added = dict(line.split("=", 1) for line in (tmp_path / "udev/1-03:1").read_text().splitlines())
    info = plistlib.loads((tmp_path / "drivers/vcard.bundle/Contents/Info.plist").read_bytes())
    place = info["ifdProductID"].index(f"0x{added['idProduct'].upper()}")
    assert info["ifdFriendlyName"][place] == "Virtual PIN Pad"
    assert added["devnode"] == f"vcard:{tmp_path}/ifd.sock:2"


def test_a_name_that_pcscd_has_not_read_is_refused_and_changes_nothing(door, tmp_path):
    made = door(hotplug=True)
    made.open(tmp_path)
    with pytest.raises(ValueError, match="'Zed' cannot be added to this world: pcscd reads"):
        made.add([Placed("One"), Placed("Zed")])
    assert made.slots == 2


def test_where_readers_cannot_come_none_is_added(door, tmp_path, monkeypatch):
    monkeypatch.setattr(bridge, "why_not", lambda: "no mount namespace can be made here")
    fixed = door()
    fixed.open(tmp_path)
    with pytest.raises(RuntimeError, match="no mount namespace"):
        fixed.add([Placed("One")])


def test_a_reader_is_served_with_a_driver_for_each_slot():
    made = BareReader(CcidReader(models.TWO_SLOT)).drive(DriverOptions())
    assert made.source.slots == len(made.drivers) == 2


def test_a_reader_that_no_host_would_take_is_refused(monkeypatch):
    class Refused:
        opened = Code.COMMUNICATION_ERROR
        refusal = None

        def __init__(self, *_):
            self.slots = ()

    monkeypatch.setattr(bridge, "Driver", Refused)
    with pytest.raises(ValueError, match="no host would take"):
        served(CcidReader(models.PLAIN))


def test_firmware_with_known_bugs_is_refused_unless_an_administrator_takes_it():
    reader = CcidReader(replace(models.MODELS["acr122u"], bcd_device=0x0202))
    with pytest.raises(ValueError, match=r"firmware 2\.02 has known bugs, 2\.06 is the first"):
        served(reader)
    assert served(reader, DriverOptions.parse(0x0004)).drivers
