import pytest

from applets.fido2.algorithms import ALGORITHMS
from applets.fido2.codes import Permission, Status
from tests.kits.fido2.platform import (
    CLIENT_DATA_HASH,
    PIN,
    Platform,
    assertion,
    creation,
    fido,
    listed,
)
from vcard.touch import Touch


def signed(made, answer):
    made.key.verify(answer[2] + CLIENT_DATA_HASH, answer[3])
    return answer


@pytest.mark.parametrize("number", ALGORITHMS)
def test_every_algorithm_signs(number):
    platform = Platform(fido(algorithms=(number,)))
    made = platform.make(algorithms=(number,))
    answer = signed(made, platform.ok(2, assertion([made.identity])))
    assert answer[1] == listed(made.identity)
    assert answer[2][32] == 0x01


def test_the_counter_grows_with_each_signature(platform):
    made = platform.make()
    counters = [platform.ok(2, assertion([made.identity]))[2][33:37] for _ in range(3)]
    assert [int.from_bytes(each, "big") for each in counters] == [2, 3, 4]


def test_an_authenticator_without_a_counter_says_zero():
    platform = Platform(fido(counter=False))
    made = platform.make()
    assert platform.ok(2, assertion([made.identity]))[2][33:37] == bytes(4)


def test_the_first_known_credential_of_a_list_signs(platform):
    made, other = platform.make(), platform.make()
    answer = platform.ok(2, assertion([b"unknown", made.identity, other.identity]))
    assert answer[1]["id"] == made.identity
    assert 5 not in answer
    assert 4 not in answer


def test_nothing_signs_for_another_rp(platform):
    made = platform.make()
    assert platform.refused(2, assertion([made.identity], rp="other")) is Status.NO_CREDENTIALS
    assert platform.refused(2, assertion()) is Status.NO_CREDENTIALS
    assert platform.refused(2, assertion([])) is Status.NO_CREDENTIALS


def test_discoverable_credentials_sign_the_newest_first(platform):
    made = [platform.resident(bytes((number,))) for number in range(3)]
    first = signed(made[2], platform.ok(2, assertion()))
    assert (first[5], first[4]) == (3, {"id": b"\2"})
    assert signed(made[1], platform.ok(8))[4] == {"id": b"\1"}
    last = signed(made[0], platform.ok(8))
    assert 5 not in last
    assert platform.refused(8) is Status.NOT_ALLOWED


def test_names_are_told_to_a_verified_user_with_several_accounts(owner):
    owner.resident(b"one")
    fields = owner.verified(assertion(), 6)
    assert owner.ok(2, fields)[4] == {"id": b"one"}
    owner.resident(b"two")
    user = owner.ok(2, owner.verified(assertion(), 6))[4]
    assert user == {"id": b"two", "name": "name", "displayName": "Display"}


def test_another_command_ends_a_series(platform):
    for user in (b"one", b"two"):
        platform.resident(user)
    platform.ok(2, assertion())
    platform.ok(4)
    assert platform.refused(8) is Status.NOT_ALLOWED


def test_a_series_ends_after_thirty_seconds_where_there_is_a_clock(platform):
    for user in (b"one", b"two", b"three"):
        platform.resident(user)
    authenticator = platform.applet.authenticator

    def at(now, command, body=b""):
        return authenticator.call(bytes((command,)) + body, now).poll(0.0)[0]

    from fido2 import cbor

    begin = cbor.encode(assertion())
    assert at(0.0, 2, begin) == Status.SUCCESS
    assert at(30.0, 8) == Status.SUCCESS
    assert at(60.1, 8) == Status.NOT_ALLOWED


def test_parameters_are_checked(platform):
    for key in (1, 2):
        fields = assertion()
        del fields[key]
        assert platform.refused(2, fields) is Status.MISSING_PARAMETER
    wrong = {1: 7, 2: "text", 3: {}, 4: [], 5: {"up": 1}, 6: 7}
    for key, value in wrong.items():
        assert platform.refused(2, assertion() | {key: value}) is Status.CBOR_UNEXPECTED_TYPE
    assert platform.refused(2, assertion(options={"rk": True})) is Status.UNSUPPORTED_OPTION
    assert platform.refused(2, assertion(options={"uv": True})) is Status.INVALID_OPTION
    assert platform.refused(2, assertion() | {2: b"short"}) is Status.INVALID_LENGTH


def test_without_presence_nobody_is_asked():
    platform = Platform(fido())
    made = platform.make()
    platform.applet.touch.refuses = True
    fields = assertion([made.identity], options={"up": False})
    assert platform.ok(2, fields)[2][32] == 0x00
    assert platform.refused(2, assertion([made.identity])) is Status.OPERATION_DENIED


def test_missing_credentials_are_told_after_the_touch():
    platform = Platform(fido(touch=Touch(refuses=True)))
    assert platform.refused(2, assertion()) is Status.OPERATION_DENIED
    fields = assertion(options={"up": False})
    assert platform.refused(2, fields) is Status.NO_CREDENTIALS


def test_a_token_verifies_once(owner):
    made = owner.make()
    fields = owner.verified(assertion([made.identity]), 6)
    assert owner.ok(2, fields)[2][32] == 0x05
    assert owner.refused(2, fields) is Status.PIN_AUTH_INVALID
    wrong = owner.verified(assertion([made.identity]), 6, permissions=Permission.MAKE_CREDENTIAL)
    assert owner.refused(2, wrong) is Status.PIN_AUTH_INVALID


def test_a_token_of_the_old_kind_is_bound_to_the_first_rp(owner):
    token = owner.token(None, None, sub=5)
    mac = owner.protocol.authenticate(token, CLIENT_DATA_HASH)
    proof = {6: mac, 7: owner.protocol.VERSION}
    silent = assertion(options={"up": False}) | proof
    assert owner.refused(2, silent) is Status.NO_CREDENTIALS
    assert owner.refused(2, silent | {1: "other"}) is Status.PIN_AUTH_INVALID


def test_an_empty_proof_lets_the_user_choose(platform, owner):
    assert platform.refused(2, assertion() | {6: b""}) is Status.PIN_NOT_SET
    assert owner.refused(2, assertion() | {6: b""}) is Status.PIN_INVALID


def test_protection_hides_credentials_from_unverified_users(owner):
    levels = {level: owner.resident(bytes((level,)), extensions={"credProtect": level})
              for level in (1, 2, 3)}  # fmt: skip
    assert 5 not in owner.ok(2, assertion())
    assert owner.ok(2, owner.verified(assertion(), 6))[5] == 3
    assert owner.ok(2, assertion([levels[2].identity]))
    hidden = assertion([levels[3].identity])
    assert owner.refused(2, hidden) is Status.NO_CREDENTIALS
    assert owner.ok(2, owner.verified(hidden, 6))


def test_always_uv_asks_for_a_token_if_the_user_has_to_be_there():
    platform = Platform(fido(PIN))
    made = platform.make()
    assert platform.config(2) is Status.SUCCESS
    assert platform.refused(2, assertion([made.identity])) is Status.PUAT_REQUIRED
    assert platform.ok(2, assertion([made.identity], options={"up": False}))
    assert platform.ok(2, platform.verified(assertion([made.identity]), 6))


def test_a_credential_of_a_missing_algorithm_does_not_sign(platform, monkeypatch):
    made = platform.resident()
    monkeypatch.setattr("applets.fido2.credential.ALGORITHMS", {})
    assert platform.refused(2, assertion([made.identity])) is Status.NO_CREDENTIALS
    assert platform.refused(2, assertion()) is Status.NO_CREDENTIALS
    assert platform.ok(1, creation(exclude=[made.identity]))
