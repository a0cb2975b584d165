"""The driver bundle that pcscd loads."""

import plistlib

import pytest

from ifd_bridge.pcscd import bundle
from ifd_bridge.pcscd.bundle import UsbId, write_bundle
from ifd_bridge.pcscd.daemon import PcscdError

ONE = UsbId(0x1209, 0x8000, "One")


def test_a_bundle_lists_our_readers_before_those_it_had(tmp_path):
    library = tmp_path / "lib.so"
    library.write_bytes(b"")
    genuine = {
        "ifdVendorID": ["0x08E6"],
        "ifdProductID": ["0x3437"],
        "ifdFriendlyName": ["Twin"],
        "CFBundleName": "CCID",
    }
    write_bundle(tmp_path, "ccid", library, [ONE], genuine)
    contents = tmp_path / "ccid.bundle/Contents"
    info = plistlib.loads((contents / "Info.plist").read_bytes())
    assert info["ifdVendorID"] == ["0x1209", "0x08E6"]
    assert info["ifdProductID"] == ["0x8000", "0x3437"]
    assert info["ifdFriendlyName"] == ["One", "Twin"]
    assert (info["CFBundleName"], info["CFBundleExecutable"]) == ("CCID", "lib.so")
    assert (contents / "Linux/lib.so").resolve() == library


def test_the_name_that_the_genuine_bundle_has_for_one_of_our_ids_is_left_out(tmp_path):
    genuine = {
        "ifdVendorID": ["0x08E6", "0x1209"],
        "ifdProductID": ["0x3437", "0x8000"],
        "ifdFriendlyName": ["Twin", "Theirs"],
    }
    write_bundle(tmp_path, "ccid", tmp_path / "lib.so", [ONE], genuine)
    info = plistlib.loads((tmp_path / "ccid.bundle/Contents/Info.plist").read_bytes())
    assert info["ifdFriendlyName"] == ["One", "Twin"]
    assert info["ifdVendorID"] == ["0x1209", "0x08E6"]


def test_a_bundle_of_our_own_tells_that_it_can_be_plugged(tmp_path):
    write_bundle(tmp_path, "own", tmp_path / "lib.so", [ONE])
    info = plistlib.loads((tmp_path / "own.bundle/Contents/Info.plist").read_bytes())
    assert info["ifdCapabilities"] == "0x00000001"


@pytest.mark.parametrize("part", ["handler", "fake_libudev"])
def test_a_part_is_found_where_it_was_built(part):
    assert bundle.extension(part).suffix == ".so"


def test_a_part_that_is_not_built_is_explained(monkeypatch, tmp_path):
    monkeypatch.setattr(bundle, "BRIDGE", tmp_path)
    with pytest.raises(PcscdError, match=r"libusb-1.0-0-dev.*pip install"):
        bundle.extension("fake_libusb")
