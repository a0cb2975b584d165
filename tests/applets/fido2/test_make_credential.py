import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from applets.fido2.algorithms import ALGORITHMS
from applets.fido2.codes import Permission, Status
from tests.kits.fido2.platform import CLIENT_DATA_HASH, PIN, Made, Platform, creation, fido
from vcard.touch import Touch


def test_a_credential_is_attested_by_the_batch(platform):
    made = platform.make()
    certificate = x509.load_der_x509_certificate(made.statement["x5c"][0])
    signed = bytes(made.data) + CLIENT_DATA_HASH
    key = certificate.public_key()
    key.verify(made.statement["sig"], signed, ec.ECDSA(hashes.SHA256()))
    assert (made.format, made.data.flags, made.data.counter) == ("packed", 0x41, 1)


@pytest.mark.parametrize("number", ALGORITHMS)
def test_every_algorithm_can_attest_itself(number):
    platform = Platform(fido(algorithms=(number,), attestation="self"))
    made = platform.make(algorithms=(-257, number))
    assert (made.statement["alg"], made.key[3]) == (number, number)
    made.key.verify(bytes(made.data) + CLIENT_DATA_HASH, made.statement["sig"])


def test_no_attestation_is_an_empty_statement():
    made = Platform(fido(attestation="none")).make()
    assert (made.format, made.statement) == ("none", {})


def test_the_first_algorithm_that_is_there_is_taken(platform):
    fields = creation(algorithms=(-257, -8, -7))
    fields[4].insert(0, {"alg": -7, "type": "other"})
    assert Made(platform.ok(1, fields)).key[3] == -8
    assert platform.refused(1, creation(algorithms=(-257,))) is Status.UNSUPPORTED_ALGORITHM
    assert platform.refused(1, creation(algorithms=())) is Status.UNSUPPORTED_ALGORITHM


MISSING = [(1, None), (2, None), (2, "id"), (3, None), (3, "id"), (4, None)]


@pytest.mark.parametrize(("key", "name"), MISSING)
def test_a_missing_parameter_is_named_as_such(platform, key, name):
    fields = creation()
    del (fields if name is None else fields[key])[key if name is None else name]
    assert platform.refused(1, fields) is Status.MISSING_PARAMETER


WRONG = {
    1: ["text", 7],
    2: [7, [], {"id": 7}, {"id": "rp", "name": 7}, {"id": "rp", "icon": 7}],
    3: [7, {"id": "text"}, {"id": b"u", "name": 7}, {"id": b"u", "displayName": b""},
        {"id": b"u", "icon": 7}],
    4: [7, [7], [{"alg": "x", "type": "public-key"}], [{"alg": -7, "type": 7}]],
    5: [7, [7], [{"id": "x", "type": "public-key"}], [{"id": b"", "type": 7}]],
    6: [7, []],
    7: [7, {"rk": 1}, {1: True}],
    8: [7],
    10: ["text", True],
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, vs in WRONG.items() for v in vs])
def test_a_wrong_type_is_named_as_such(platform, key, value):
    assert platform.refused(1, creation() | {key: value}) is Status.CBOR_UNEXPECTED_TYPE


def test_lists_with_incomplete_entries_are_refused(platform):
    for key, entry in ((4, {"alg": -7}), (4, {"type": "x"}), (5, {"id": b""}), (5, {"type": "x"})):
        assert platform.refused(1, creation() | {key: [entry]}) is Status.MISSING_PARAMETER


def test_a_hash_or_user_of_a_wrong_length_is_refused(platform):
    assert platform.refused(1, creation() | {1: bytes(31)}) is Status.INVALID_LENGTH
    assert platform.refused(1, creation(user=bytes(65))) is Status.INVALID_LENGTH


def test_options_that_cannot_be_are_refused(platform):
    assert platform.refused(1, creation(options={"up": False})) is Status.INVALID_OPTION
    assert platform.refused(1, creation(options={"uv": True})) is Status.INVALID_OPTION
    assert platform.make(options={"unknown": True, "up": True, "uv": False}).identity
    old = Platform(fido(versions=("U2F_V2", "FIDO_2_0")))
    assert old.refused(1, creation(options={"up": True})) is Status.INVALID_OPTION


def test_a_credential_that_is_excluded_is_told_after_a_touch(platform):
    made = platform.make()
    fields = creation(exclude=[b"other", made.identity])
    assert platform.refused(1, fields) is Status.CREDENTIAL_EXCLUDED
    assert platform.make(exclude=[made.identity], rp="other").identity
    fields[5][1]["type"] = "other"
    assert platform.ok(1, fields)


def test_a_protected_credential_is_excluded_for_verified_users_alone(owner):
    made = owner.make(extensions={"credProtect": 3})
    fields = creation(exclude=[made.identity])
    assert owner.ok(1, fields)
    assert owner.refused(1, owner.verified(fields, 8)) is Status.CREDENTIAL_EXCLUDED


def test_a_discoverable_credential_replaces_that_of_the_same_user(platform):
    first, second = platform.resident(b"one"), platform.resident(b"two")
    third = platform.resident(b"one")
    kept = {account.identity for account in platform.core.store.accounts()}
    assert kept == {second.identity, third.identity}
    assert first.identity not in kept


def test_a_full_store_takes_no_more_but_replaces():
    platform = Platform(fido(credentials=1))
    platform.resident(b"one")
    fields = creation(user=b"two", options={"rk": True})
    assert platform.refused(1, fields) is Status.KEY_STORE_FULL
    assert platform.resident(b"one").identity


def test_a_protected_authenticator_asks_for_a_token_to_keep_a_credential(owner):
    assert owner.refused(1, creation(options={"rk": True})) is Status.PUAT_REQUIRED
    assert owner.make().data.flags == 0x41
    made = Made(owner.ok(1, owner.verified(creation(options={"rk": True}), 8)))
    assert made.data.flags == 0x45


def test_an_authenticator_may_ask_for_a_token_always():
    platform = Platform(fido(PIN, make_without_uv=False))
    assert platform.refused(1, creation()) is Status.PUAT_REQUIRED
    assert Platform(fido(PIN, versions=("FIDO_2_0",))).refused(1, creation()) is (
        Status.PUAT_REQUIRED
    )


def test_always_uv_asks_for_a_token_even_without_a_pin():
    assert Platform(fido(always_uv=True)).refused(1, creation()) is Status.PUAT_REQUIRED


def test_a_token_needs_the_permission_the_rp_and_the_right_key(owner):
    fields = creation()
    for wrong in ({"permissions": Permission.GET_ASSERTION}, {"rp": "other"}):
        refused = owner.refused(1, owner.verified(fields, 8, **wrong))
        assert refused is Status.PIN_AUTH_INVALID
    good = owner.verified(fields, 8)
    assert owner.refused(1, good | {8: bytes(32)}) is Status.PIN_AUTH_INVALID
    assert owner.refused(1, good | {9: 3}) is Status.INVALID_PARAMETER
    assert owner.refused(1, good | {9: 3 - good[9]}) is Status.PIN_AUTH_INVALID
    del good[9]
    assert owner.refused(1, good) is Status.MISSING_PARAMETER


def test_a_token_makes_one_credential(owner):
    fields = owner.verified(creation(), 8)
    owner.ok(1, fields)
    assert owner.refused(1, fields) is Status.PIN_AUTH_INVALID


def test_a_token_of_ctap_20_makes_many():
    platform = Platform(fido(PIN, versions=("U2F_V2", "FIDO_2_0")))
    token = platform.token(None, None, sub=5)
    mac = platform.protocol.authenticate(token, CLIENT_DATA_HASH)
    fields = creation() | {8: mac, 9: platform.protocol.VERSION}
    platform.ok(1, fields)
    assert Made(platform.ok(1, fields)).data.flags == 0x45


def test_an_empty_proof_lets_the_user_choose(platform, owner):
    fields = creation() | {8: b""}
    assert platform.refused(1, fields) is Status.PIN_NOT_SET
    assert owner.refused(1, fields) is Status.PIN_INVALID


def test_a_proof_without_a_pin_is_refused(platform):
    fields = creation() | {8: bytes(16), 9: 1}
    assert platform.refused(1, fields) is Status.PIN_AUTH_INVALID


def test_a_built_in_verification_verifies():
    accepts, refuses = Platform(fido(verification="accept")), Platform(fido(verification="refuse"))
    asked = creation(options={"uv": True})
    assert Made(accepts.ok(1, asked)).data.flags == 0x45
    assert accepts.make().data.flags == 0x41
    for _ in range(4):
        assert refuses.refused(1, asked) is Status.OPERATION_DENIED
    always = Platform(fido(verification="accept", always_uv=True))
    assert always.make().data.flags == 0x45


def test_a_user_who_refuses_makes_nothing():
    platform = Platform(fido(touch=Touch(refuses=True)))
    assert platform.refused(1, creation(options={"rk": True})) is Status.OPERATION_DENIED
    assert platform.core.store.accounts() == []


def test_enterprise_attestation_is_another_certificate():
    platform = Platform(fido(PIN, enterprise=("vendor.example",)))
    asked = creation() | {10: 2}
    assert platform.refused(1, asked) is Status.INVALID_PARAMETER
    assert platform.config(1) is Status.SUCCESS
    made = Made(platform.ok(1, asked))
    assert made.answer[4] is True
    assert made.statement["x5c"] != platform.make().statement["x5c"]
    assert 4 not in platform.ok(1, creation() | {10: 1})
    assert platform.ok(1, creation(rp="vendor.example") | {10: 1})[4] is True
    assert platform.refused(1, creation() | {10: 3}) is Status.INVALID_OPTION


def test_an_authenticator_without_enterprise_attestation_refuses_it():
    platform = Platform(fido(enterprise=None))
    assert platform.refused(1, creation() | {10: 1}) is Status.INVALID_PARAMETER
