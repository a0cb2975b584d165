import pytest

from applets.fido2.codes import Status
from tests.kits.fido2.platform import (
    RP,
    Platform,
    assertion,
    creation,
    fido,
    hmac_sha256,
    salted,
)

SALTS = bytes(range(64))


def secret(platform, made, salts, **verified):
    given, shared = salted(platform, salts)
    fields = assertion([made.identity], extensions={"hmac-secret": given})
    answer = platform.ok(2, platform.verified(fields, 6) if verified else fields)
    from fido2.webauthn import AuthenticatorData

    output = AuthenticatorData(answer[2]).extensions["hmac-secret"]
    return platform.protocol.decrypt(shared, output)


def test_hmac_secret_is_an_hmac_of_each_salt(owner):
    made = owner.make(extensions={"hmac-secret": True})
    assert made.extensions == {"hmac-secret": True}
    both = secret(owner, made, SALTS)
    assert len(both) == 64
    assert secret(owner, made, SALTS[:32]) == both[:32]
    key = owner.core.store.find(made.data.rp_id_hash, made.identity).secret(verified=False)
    assert hmac_sha256(key, SALTS[32:]) == both[32:]


def test_a_verified_user_has_another_secret(owner):
    made = owner.make(extensions={"hmac-secret": True})
    fields = assertion([made.identity])
    given, shared = None, None
    token = owner.verified(fields, 6)  # before the key agreement of the salts
    given, shared = salted(owner, SALTS[:32])
    answer = owner.ok(2, token | {4: {"hmac-secret": given}})
    from fido2.webauthn import AuthenticatorData

    output = AuthenticatorData(answer[2]).extensions["hmac-secret"]
    assert owner.protocol.decrypt(shared, output) != secret(owner, made, SALTS[:32])


def test_hmac_secret_is_refused_if_something_is_wrong(owner):
    made = owner.make(extensions={"hmac-secret": True})

    def refused(given, **changes):
        fields = assertion([made.identity], extensions={"hmac-secret": given}, **changes)
        return owner.refused(2, fields)

    given, _ = salted(owner, SALTS)
    assert refused(given, options={"up": False}) is Status.UNSUPPORTED_OPTION
    assert refused(given | {3: bytes(32)}) is Status.PIN_AUTH_INVALID
    assert refused(salted(owner, SALTS[:48])[0]) is Status.INVALID_LENGTH
    assert refused(given | {4: 9}) is Status.INVALID_PARAMETER
    assert refused(True) is Status.CBOR_UNEXPECTED_TYPE
    for key in (1, 2, 3):
        assert refused({k: v for k, v in given.items() if k != key}) is Status.MISSING_PARAMETER


def test_the_protocol_of_hmac_secret_is_one_if_it_is_not_named():
    from fido2.ctap2.pin import PinProtocolV1

    platform = Platform()
    platform.protocol = PinProtocolV1()
    made = platform.make(extensions={"hmac-secret": True})
    given, _ = salted(platform, SALTS)
    del given[4]
    assert platform.ok(2, assertion([made.identity], extensions={"hmac-secret": given}))


def test_a_credential_without_hmac_secret_gives_none(platform):
    made = platform.make(extensions={"hmac-secret": False})
    assert made.extensions == {"hmac-secret": False}
    given, _ = salted(platform, SALTS)
    answer = platform.ok(2, assertion([made.identity], extensions={"hmac-secret": given}))
    assert len(answer[2]) == 37


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_level_of_protection_is_told(platform, level):
    assert platform.make(extensions={"credProtect": level}).extensions == {"credProtect": level}


def test_inputs_that_cannot_be_are_refused(platform):
    wrong = {
        "credProtect": [(4, Status.INVALID_OPTION), (True, Status.CBOR_UNEXPECTED_TYPE)],
        "hmac-secret": [(1, Status.CBOR_UNEXPECTED_TYPE)],
        "credBlob": [("text", Status.CBOR_UNEXPECTED_TYPE)],
        "largeBlobKey": [
            (True, Status.INVALID_OPTION),  # without rk
            (False, Status.INVALID_OPTION),
            (1, Status.CBOR_UNEXPECTED_TYPE),
        ],
        "minPinLength": [(1, Status.CBOR_UNEXPECTED_TYPE)],
    }
    for name, cases in wrong.items():
        for value, status in cases:
            assert platform.refused(1, creation(extensions={name: value})) is status, name


def test_a_blob_is_kept_with_a_discoverable_credential(platform):
    made = platform.resident(extensions={"credBlob": b"blob"})
    assert made.extensions == {"credBlob": True}
    asked = assertion(extensions={"credBlob": True})
    assert platform.ok(2, asked)[2].endswith(b"\xa1\x68credBlob\x44blob")
    assert platform.make(extensions={"credBlob": b"blob"}).extensions == {"credBlob": False}
    long = platform.resident(b"two", extensions={"credBlob": bytes(33)})
    assert long.extensions == {"credBlob": False}
    assert platform.ok(2, asked)[2].endswith(b"\x68credBlob\x40")
    other = platform.make()
    listed = platform.ok(2, assertion([other.identity], extensions={"credBlob": True}))
    assert listed[2].endswith(b"\x68credBlob\x40")


def test_a_large_blob_key_comes_with_a_discoverable_credential(platform):
    made = platform.resident(extensions={"largeBlobKey": True})
    key = made.answer[5]
    assert len(key) == 32
    assert platform.ok(2, assertion(extensions={"largeBlobKey": True}))[7] == key
    assert 7 not in platform.ok(2, assertion())
    platform.resident(b"u")
    assert 7 not in platform.ok(2, assertion(extensions={"largeBlobKey": True}))


def test_the_shortest_pin_is_told_to_rps_that_may_know(platform):
    assert platform.make(extensions={"minPinLength": True}).extensions == {}
    platform.ok(0x0D, {1: 3, 2: {1: 6, 2: [RP]}})
    assert platform.make(extensions={"minPinLength": True}).extensions == {"minPinLength": 6}
    assert platform.make(extensions={"minPinLength": False}).extensions == {}


def test_extensions_that_the_authenticator_has_not_are_ignored():
    platform = Platform(fido(extensions=()))
    made = platform.make(extensions={"credProtect": 3, "other": 7})
    assert made.extensions == {}
    assert 2 not in platform.ok(4)
