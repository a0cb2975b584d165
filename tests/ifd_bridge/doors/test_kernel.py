"""Readers for this machine's own kernel; tests with a real kernel run in a guest."""

import threading
from dataclasses import replace

import pytest

from ifd_bridge.doors import kernel
from ifd_bridge.doors.kernel import KernelDoor
from ifd_bridge.faces.vhci import Vhci
from ifd_bridge.pcscd.daemon import PcscdError
from ifd_bridge.worlds.endpoint import BareReader
from readers import CcidReader, models
from readers.usb.setup import Setup
from tests.ifd_bridge.faces.test_usb_port import Echo
from tests.ifd_bridge.faces.test_usbip import STATUS
from tests.ifd_bridge.faces.test_vhci import Kernel, sysfs
from tests.kits.dual import DUAL

__all__ = ["sysfs"]  # a fixture

pytestmark = pytest.mark.libccid


@pytest.fixture
def devices(tmp_path, monkeypatch):
    """Make the kernel's folder of devices, with one interface."""
    found = tmp_path / "devices"
    (found / "9-2:1.0").mkdir(parents=True)
    monkeypatch.setattr(kernel, "DEVICES", found)
    return found


class Attached(Kernel):
    """A kernel that names an attached device."""

    def busid(self, number):
        return "9-2"


def made(sysfs, *names, vhci=Attached):
    readers = (CcidReader(models.MODELS[name]) for name in names or ("plain",))
    return KernelDoor([BareReader(reader) for reader in readers], vhci=vhci(sysfs))


def test_pcscd_is_given_the_genuine_driver_for_these_ids_alone(sysfs, devices, tmp_path):
    door = made(sysfs, "plain", "two-slot")
    assert door.slots == 3
    entrance = door.open(tmp_path)
    assert entrance.environ["VCARD_KEEP_UDEV"] == "1"
    assert "LD_PRELOAD" not in entrance.environ
    (info,) = entrance.drivers.rglob("Info.plist")
    assert "0x0004" in info.read_text()
    assert "0x3437" not in info.read_text()
    door.close()


def test_the_door_is_ready_when_every_reader_has_been_spoken_to(sysfs, devices, tmp_path):
    door = made(sysfs)
    door.open(tmp_path)
    assert not door.ready(0, lambda: False)
    (port,) = door._devices
    port.control(Setup(0, 9, 1))
    waiting = threading.Thread(target=door.ready, args=(10, lambda: False))
    waiting.start()
    port.devices[0].out(1, STATUS)
    waiting.join(10)
    assert door.ready(0, lambda: False)
    door.unplug(0)
    assert port.state == "unplugged"
    door.plug(0)
    assert port.state == "attached"
    door.close()


class Key(BareReader):
    """A reader whose card is built in, and works on the bus."""

    def hid_function(self):
        return Echo()


def test_a_security_key_has_its_hid_interface_and_can_be_pulled_out(sysfs, devices, tmp_path):
    key = Key(CcidReader(models.MODELS["yubikey"]))
    door = KernelDoor([key], vhci=Attached(sysfs))
    door.open(tmp_path)
    (port,) = door._devices
    assert port.hid is not None
    key.pull()
    assert port.state == "unplugged"
    door.close()


def test_interfaces_of_one_device_are_one_port_and_a_reader_each(sysfs, devices, tmp_path):
    (devices / "9-2:1.2").mkdir()
    door = KernelDoor([BareReader(CcidReader(model)) for model in DUAL], vhci=Attached(sysfs))
    entrance = door.open(tmp_path)
    (info,) = entrance.drivers.rglob("Info.plist")
    assert "<string>vcard Dual</string>" in info.read_text()
    (port,) = door._devices
    door.unplug(1)
    assert port.state == "unplugged"
    door.plug(1)
    assert port.state == "attached"
    door.close()


def test_a_reader_that_the_driver_would_never_come_back_from_is_refused(sysfs):
    odd = replace(models.PLAIN.descriptor, dwFeatures=0x40030, bVoltageSupport=0x88)
    reader = CcidReader(replace(models.PLAIN, descriptor=odd))
    with pytest.raises(ValueError, match="never come back"):
        KernelDoor([BareReader(reader)], vhci=Attached(sysfs))


def test_what_is_missing_is_said(sysfs, devices, tmp_path, monkeypatch):
    with pytest.raises(PcscdError, match="modprobe vhci_hcd"):
        made(tmp_path / "nowhere", vhci=Vhci).open(tmp_path)
    monkeypatch.setattr(kernel, "ENUMERATION_S", 0.02)
    (devices / "9-2:1.0").rmdir()
    door = made(sysfs)
    with pytest.raises(PcscdError, match="not read the descriptors"):
        door.open(tmp_path)
    assert door._devices == []


def test_the_systems_pcscd_may_not_have_the_same_readers(sysfs, devices, tmp_path, monkeypatch):
    monkeypatch.setattr(kernel, "live_system_pcscd", lambda _: 42)
    with pytest.raises(PcscdError, match="stop it"):
        made(sysfs, "gemalto-pc-twin").open(tmp_path)
    door = made(sysfs, "plain")
    door.open(tmp_path)
    door.close()


def test_no_reader_is_added_to_the_kernels(sysfs):
    with pytest.raises(RuntimeError, match="cannot be added: the kernel's ports were chosen"):
        made(sysfs).add([BareReader(CcidReader(models.PLAIN))])
