"""A security key in a Linux guest: libfido2's tools, ssh, python-fido2 and ykman find its HID half.

VCARD_GUEST_SHOW=1 shows the guest's output.
"""

import shutil
import sys
from pathlib import Path

import pytest

from tests.external.usb.test_guest import Server, boot, redirected  # noqa: F401 - fixtures

pytestmark = [pytest.mark.pcsc, pytest.mark.slow, pytest.mark.timeout(300)]

HID = ["usbhid", "hid-generic"]
LISTED = "vendor=0x1050, product=0x0407 (Yubico YubiKey OTP+FIDO+CCID)"
FACTS = [
    "version strings: U2F_V2, FIDO_2_0, FIDO_2_1",
    "extension strings: credBlob, credProtect, hmac-secret, largeBlobKey, minPinLength",
    "options: noep, rk, up, noplat, noalwaysUv, credMgmt, authnrCfg, noclientPin, largeBlobs,"
    " pinUvAuthToken, setMinPINLength, makeCredUvNotRqd",
]
TOOLS = {
    "tokens": [LISTED, FACTS, 0, True],
    "round_trip": ["", "", "", ""],
}


@pytest.fixture(autouse=True)
def tools():
    if shutil.which("fido2-token") is None:
        pytest.skip("fido2-token is missing: apt install fido2-tools")


@pytest.fixture
def serve():
    made = []

    def start(way, *places):
        made.append(Server(way, places))
        return made[0]

    yield start
    for each in made:
        each.end()


def booted(boot, steps, modules, options=(), answer=lambda _: "ok"):  # noqa: F811 - the fixture
    program = (sys.executable, str(Path(__file__).with_name("token_in_guest.py")))
    return boot(steps, modules, options, answer, program)


def test_a_virtual_machine_has_a_security_key_beside_the_reader(boot, serve, tmp_path):  # noqa: F811
    made = serve(f"redir:{tmp_path}/r", "--card", "yubikey?serial=12345678")
    steps = ("tokens", "round_trip", "ssh", "python", "service", "ykman", "both")
    said = booted(boot, steps, ["xhci-pci", *HID], redirected(f"{tmp_path}/r", 1), made)
    one = "YubiKey 5A (5.7.2) [OTP+FIDO+CCID] Serial: 12345678"
    pin = ["PIN: 8 attempt(s) remaining", "Minimum PIN length: 4"]
    assert said == {
        **TOOLS,
        "ssh": ["", "", "logged in", "sk-ssh-ed25519@openssh.com"],
        "python": [True, [5, 7, 2], None],
        "ykman": [one, pin],
        "both": [1, [0] * 5],
    }


def test_a_touch_is_waited_for_over_usbip(boot, serve):  # noqa: F811 - the fixture
    made = serve("ip:0", "--card", "fido2?interfaces=ccid,fido&touch=press")
    port = made.said[0].split("--tcp-port ")[1].split()[0]
    said = booted(boot, (f"attach:{port}:1-1", "touched"), ["vhci-hcd", *HID], (), made)
    assert said["touched"] == [""]


@pytest.mark.parametrize(("way", "module"), [("uhid", "uhid"), ("vhci", "vhci-hcd")])
def test_a_kernel_has_the_security_key_that_is_served_beside_it(boot, way, module):  # noqa: F811
    assert booted(boot, (f"served:{way}",), [module, *HID]) == {way: ["", "gone"]}


def test_a_private_world_whose_key_the_kernel_drives(boot):  # noqa: F811 - the fixture
    said = booted(boot, ("udev", "driver_kernel"), ["vhci-hcd", *HID])
    assert said == {
        "world": ["", "9000 OPERATION_DENIED"],
        "driver_kernel": [0, "", ["USBCCID", "USBHID"]],
    }
