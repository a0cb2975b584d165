"""Yubico's ykman on a whole token over PC/SC."""

import shutil
import sys
from pathlib import Path

import pytest

from applets.yubikey import YubiKey
from ifd_bridge.worlds.reader_models import model
from tests.external.bench import Bench
from tests.kits.pcsc.desk import desk

pytestmark = pytest.mark.pcsc
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def ykman(tmp_path):
    """Runs `ykman` with some arguments."""
    found = shutil.which("ykman", path=str(Path(sys.executable).parent)) or shutil.which("ykman")
    if found is None:
        pytest.skip("ykman is missing: pip install yubikey-manager")
    # ykman ends other programs that might hold the card: it is given nothing to end them with.
    (tmp_path / "pkill").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "pkill").chmod(0o755)
    with desk(model("plain?name=Yubico YubiKey CCID"), YubiKey(serial=12345678)) as place:
        bench = Bench(place)
        path = f"{tmp_path}:/usr/bin:/bin"
        yield lambda *command, **more: bench.run(found, *command, PATH=path, **more)


def test_the_token_is_listed_with_its_serial_number(ykman):
    assert "YubiKey 5A (5.7.2) [CCID] Serial: 12345678" in ykman("list")
    assert "Management key algorithm: AES192" in ykman("piv", "info")


def test_codes_are_calculated_and_switched_off(ykman):
    ykman("oath", "accounts", "add", "-f", "-o", "HOTP", "counted", SECRET)
    assert "755224" in ykman("oath", "accounts", "code", "-s", "counted")
    assert "287082" in ykman("oath", "accounts", "code", "-s", "counted")
    ykman("config", "usb", "-f", "-d", "OATH")
    ykman("oath", "info", status=1)


def test_a_slot_is_programmed(ykman):
    ykman("otp", "chalresp", "-f", "2", "ab" * 20)
    assert "Slot 2: programmed" in ykman("otp", "info")
