"""Yubico's ykman: its FIDO commands."""

import pytest
from fido2 import cbor

from tests.kits.fido2.platform import creation

pytestmark = pytest.mark.pcsc


def test_pins_are_set_changed_and_ruled(ykman):
    assert "PIN:                          Not set" in ykman("info")
    assert "PIN updated" in ykman("access", "change-pin", "-n", "123456")
    assert "PIN verified" in ykman("access", "verify-pin", "-P", "123456")
    ykman("access", "verify-pin", "-P", "654321", status=1)
    assert "length set" in ykman("access", "set-min-length", "-P", "123456", "6")
    said = ykman("access", "set-min-length", "-P", "123456", "-R", "example.com", "7")
    assert "length set" in said
    assert "PIN updated" in ykman("access", "change-pin", "-P", "123456", "-n", "1234567")
    assert "change set" in ykman("access", "force-change", "-P", "1234567")
    assert "PIN updated" in ykman("access", "change-pin", "-P", "1234567", "-n", "7654321")
    info = ykman("info")
    assert "8 attempt(s) remaining" in info
    assert "Minimum PIN length:           7" in info


def test_the_authenticator_is_configured(ykman):
    ykman("access", "change-pin", "-n", "123456")
    assert "is on" in ykman("config", "toggle-always-uv", "-P", "123456")
    assert "is off" in ykman("config", "toggle-always-uv", "-P", "123456")
    assert "enabled" in ykman("config", "enable-ep-attestation", "-P", "123456")
    ykman("fingerprints", "list", "-P", "123456", status=1)


def test_credentials_are_listed_and_deleted(ykman, key, fido2_application):
    made = b"\x01" + cbor.encode(creation(options={"rk": True}))
    card = key.reader.eject()  # in the reader it is pcscd's, which may reset it meanwhile
    assert fido2_application.authenticator.call(made).poll(0.0)[0] == 0
    key.reader.insert(card)
    ykman("access", "change-pin", "-n", "123456")
    listed = ykman("credentials", "list", "-P", "123456", "--csv")
    identity = listed.splitlines()[1].split(",")[0]
    assert "example.com" in listed
    said = ykman("credentials", "delete", identity, "-P", "123456", "--force")
    assert "deleted" in said
    assert "example.com" not in ykman("credentials", "list", "-P", "123456")
