from applets.fido2.codes import Status
from tests.kits.fido2.platform import PIN, RP, Platform, assertion, fido


def test_always_uv_goes_on_and_off(owner):
    assert owner.config(2) is Status.SUCCESS
    info = owner.ok(4)
    assert info[4]["alwaysUv"] is True
    assert info[4]["makeCredUvNotRqd"] is False
    assert "U2F_V2" not in info[1]
    assert owner.config(2) is Status.SUCCESS
    assert owner.ok(4)[4]["alwaysUv"] is False


def test_a_token_is_needed_where_there_is_a_pin(owner):
    assert owner.refused(0x0D, {1: 2}) is Status.PUAT_REQUIRED
    wrong = {1: 2, 3: 1, 4: bytes(16)}
    assert owner.refused(0x0D, wrong) is Status.PIN_AUTH_INVALID
    assert owner.refused(0x0D, {1: 0x7F}) is Status.INVALID_SUBCOMMAND
    assert owner.refused(0x0D, {}) is Status.MISSING_PARAMETER


def test_without_a_pin_everybody_configures_but_nobody_ends_always_uv(platform):
    platform.ok(0x0D, {1: 1})
    assert platform.ok(4)[4]["ep"] is True
    platform.ok(0x0D, {1: 2})
    assert platform.refused(0x0D, {1: 2}) is Status.PUAT_REQUIRED


def test_an_authenticator_without_enterprise_attestation_cannot_enable_it():
    platform = Platform(fido(enterprise=None))
    assert platform.refused(0x0D, {1: 1}) is Status.INVALID_SUBCOMMAND
    assert "ep" not in platform.ok(4)[4]


def test_the_shortest_pin_gets_longer_and_never_shorter(owner):
    assert owner.config(3, {1: 6}) is Status.SUCCESS
    assert owner.ok(4)[13] == 6
    assert owner.ok(4)[12] is True  # the PIN has 4
    assert owner.change_pin(PIN, "12345") is Status.PIN_POLICY_VIOLATION
    assert owner.change_pin(PIN, "123456") is Status.SUCCESS
    assert owner.ok(4)[12] is False


def test_lengths_and_rps_that_cannot_be_are_refused(platform):
    def status(**params):
        return platform.ctap(0x0D, {1: 3, 2: {int(key[1:]): each for key, each in params.items()}})[
            0
        ]

    assert status(_1=3) is Status.PIN_POLICY_VIOLATION
    assert status(_1=64) is Status.PIN_POLICY_VIOLATION
    assert status(_1="x") is Status.CBOR_UNEXPECTED_TYPE
    assert status(_2=[7]) is Status.CBOR_UNEXPECTED_TYPE
    assert status(_2=["rp"] * 9) is Status.KEY_STORE_FULL
    assert status(_3=True) is Status.PIN_NOT_SET
    assert status(_1=5, _2=["rp"]) is Status.SUCCESS
    assert platform.set_pin("1234") is Status.PIN_POLICY_VIOLATION


def test_a_pin_that_is_long_enough_stays(owner):
    token = owner.token(None, None, sub=5)
    assert owner.config(3, {1: 4}) is Status.SUCCESS
    assert owner.ok(4)[12] is False
    assert token
    assert owner.refused(2, assertion(rp=RP)) is Status.NO_CREDENTIALS
