"""Readers plugged and unplugged while pcscd runs."""

import pytest

from applets.hello import Hello
from ifd_bridge.pcscd import hotplug
from ifd_bridge.pcscd.bundle import FIRST, UsbId
from ifd_bridge.pcscd.daemon import PcscdError
from ifd_bridge.pcscd.hotplug import PlugDirectory
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from tests.kits.pcsc.program import Program
from vcard import Card


def refuse(part):
    raise PcscdError(f"{part} is not built")


def test_what_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(hotplug, "namespace", lambda: ("unshare",))
    monkeypatch.setattr(hotplug, "SYSTEM_DRIVERS", tmp_path)
    assert hotplug.why_not() is None
    monkeypatch.setattr(hotplug, "extension", refuse)
    assert hotplug.why_not() == "fake_libudev is not built"
    monkeypatch.setattr(hotplug, "SYSTEM_DRIVERS", tmp_path / "none")
    assert "apt install libccid" in hotplug.why_not()
    monkeypatch.setattr(hotplug, "namespace", tuple)
    assert "namespace" in hotplug.why_not()


def test_a_device_is_a_file_that_appears_whole_and_goes(tmp_path):
    plugs = PlugDirectory(tmp_path)
    plugs.plug(0, UsbId(0x1209, 0x8000, "One"), "/dev/somewhere", FIRST)
    [file] = plugs.path.iterdir()
    assert file.read_text().splitlines() == [
        "idVendor=1209",
        "idProduct=8000",
        "bInterfaceNumber=00",
        "devnode=/dev/somewhere",
    ]
    assert plugs.plugged(0)
    plugs.unplug(0)
    plugs.unplug(0)
    assert not plugs.plugged(0)


PNP = r"""
names = [reader, r"\\?PnP?\Notification"]
known = [state for _, state, *_ in check(SCardGetStatusChange(ctx, 0, [(n, 0) for n in names]))]
say("ready")
while True:
    known = [(n, state & ~SCARD_STATE_CHANGED) for n, state in zip(names, known)]
    code, seen = SCardGetStatusChange(ctx, 20000, known)
    if code != SCARD_S_SUCCESS or seen[0][1] & SCARD_STATE_UNAVAILABLE:
        break
    known = [state for _, state, *_ in seen]  # the card went before its reader
gone = code == SCARD_E_UNKNOWN_READER  # it went before we began to wait
say("gone" if gone else [hex(state & 0xFFFF) for _, state, *_ in seen])
hear()
while len(check(SCardListReaders(ctx, []))) != 2:
    SCardGetStatusChange(ctx, 1000, [(names[1], 0)])
say(check(SCardListReaders(ctx, [])))
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
say(bytes(SCardTransmit(card, SCARD_PCI_T1, [0, 0xA4, 4, 0, 10, *AID])[1]).hex())
"""


@pytest.mark.pcsc
@pytest.mark.hotplug
@pytest.mark.parametrize("driver", ["bridge", "libccid"])
def test_a_reader_comes_and_goes_as_a_usb_reader_does(driver):
    readers = [CcidReader(models.PLAIN), CcidReader(models.PINPAD)]
    readers[0].insert(Card(Hello()))
    code = f"AID = bytes.fromhex('{Hello.aid.hex()}')" + PNP
    with endpoint(*readers, driver=driver) as pcsc, Program(pcsc.environ, code) as client:
        assert client.hear() == "ready"
        pcsc.unplug(0)
        # SCARD_STATE_UNKNOWN | UNAVAILABLE | CHANGED, and CHANGED for the PnP reader
        assert client.hear() in (["0xe", "0x2"], "gone")
        pcsc.plug(0)
        client.say()
        assert client.hear() == ["Virtual Reader 00 00", "Virtual PIN Pad 01 00"]
        assert client.hear() == "9000"
