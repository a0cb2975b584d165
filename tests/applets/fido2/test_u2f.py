import hashlib

import pytest
from fido2.ctap1 import RegistrationData, SignatureData

from applets.fido2.codes import Status
from tests.kits.fido2.platform import RP, Platform, assertion, creation, fido
from vcard.touch import Touch

CHALLENGE, APPLICATION = bytes(range(32)), hashlib.sha256(RP.encode()).digest()


def register(platform, expected=0x9000):
    data, sw = platform.apdu("00010000", CHALLENGE + APPLICATION)
    assert sw == expected
    return RegistrationData(data) if data else None


def authenticate(platform, handle, p1="03", application=APPLICATION):
    data = CHALLENGE + application + bytes((len(handle),)) + handle
    return platform.apdu(f"0002{p1}00", data)


def test_a_key_is_registered_and_used(platform):
    assert platform.apdu("00030000") == (b"U2F_V2", 0x9000)
    made = register(platform)
    made.verify(APPLICATION, CHALLENGE)
    data, sw = authenticate(platform, made.key_handle)
    assert sw == 0x9000
    signature = SignatureData(data)
    signature.verify(APPLICATION, CHALLENGE, made.public_key)
    assert (signature.user_presence, signature.counter) == (1, 1)


def test_other_ways_to_authenticate(platform):
    handle = register(platform).key_handle
    assert authenticate(platform, handle, "07") == (b"", 0x6985)
    data, sw = authenticate(platform, handle, "08")
    assert (data[0], sw) == (0, 0x9000)
    assert authenticate(platform, handle, "00")[1] == 0x6A86
    assert authenticate(platform, b"unknown", "07")[1] == 0x6A80
    assert authenticate(platform, handle, "03", bytes(32))[1] == 0x6A80


def test_lengths_are_checked(platform):
    assert platform.apdu("00010000", bytes(63))[1] == 0x6700
    assert platform.apdu("00020300", bytes(64))[1] == 0x6700
    assert platform.apdu("00020300", bytes(64) + b"\5abcd")[1] == 0x6700
    assert platform.apdu("00030000", b"x")[1] == 0x6700
    assert platform.apdu("00040000")[1] == 0x6D00


def test_keys_of_u2f_and_ctap2_are_the_same(platform):
    handle = register(platform).key_handle
    assert platform.ok(2, assertion([handle]))[1]["id"] == handle
    assert platform.refused(1, creation(exclude=[handle])) is Status.CREDENTIAL_EXCLUDED
    assert authenticate(platform, platform.make().identity)[1] == 0x9000


@pytest.mark.parametrize("changes", [{"algorithms": (-8,)}, {"extensions": {"credProtect": 3}}])
def test_other_algorithms_and_protected_credentials_are_unknown_to_u2f(platform, changes):
    assert authenticate(platform, platform.make(**changes).identity)[1] == 0x6A80


def test_a_touch_that_is_missing_is_asked_for_again():
    platform = Platform(fido(touch=Touch(None)))
    register(platform, 0x6985)
    assert platform.applet.touch.wanted
    platform.applet.touch.press()
    register(platform)
    register(platform, 0x6985)


def test_a_slow_user_makes_the_card_work():
    platform = Platform(fido(touch=Touch(2.0)))
    answer = platform.card.exchange(bytes.fromhex("0001000040") + bytes(64))
    assert answer.seconds == 2.0
    assert answer.finish()[-2:] in (b"\x90\x00", b"\x61\x00") or answer.finish()


def test_u2f_can_be_missing_or_switched_off():
    assert Platform(fido(versions=("FIDO_2_1",))).apdu("00030000")[1] == 0x6D00
    platform = Platform(fido(always_uv=True))
    assert platform.apdu("00030000")[1] == 0x6986
    assert platform.apdu("00A40400", bytes.fromhex("A0000006472F0001"))[0] == b"FIDO_2_0"
