"""Driver bundles, and the directory in which readers come and go."""

import plistlib

from ifd_bridge.pcscd.bundle import FIRST, PlugDirectory, UsbId, write_bundle

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


def test_a_device_is_a_file_that_appears_whole_and_goes(tmp_path):
    plugs = PlugDirectory(tmp_path)
    plugs.plug(0, ONE, "/dev/somewhere", FIRST)
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
