from applets.fido2.codes import Permission, Status
from tests.kits.fido2.platform import PIN, Platform, fido


def test_a_pin_is_set_changed_and_used(platform):
    assert platform.refused(6, {1: 2, 2: 1}) is Status.PIN_NOT_SET
    assert platform.set_pin() is Status.SUCCESS
    assert platform.ok(6, {1: 2, 2: 1}) == {3: 8}
    assert platform.set_pin() is Status.PIN_AUTH_INVALID
    assert platform.change_pin("9999", "5678") is Status.PIN_INVALID
    assert platform.change_pin(PIN, "5678") is Status.SUCCESS
    assert platform.token_reply(PIN)[0] is Status.PIN_INVALID
    assert len(platform.token_reply("5678")[1]) == 32


def test_a_pin_that_the_rules_forbid_is_not_set(platform):
    for pin in ("123", "é" * 3, "x" * 64):
        assert platform.set_pin(pin) is Status.PIN_POLICY_VIOLATION
    assert platform.refused(6, platform.set_pin_fields(b"\xff" * 8 + bytes(56))) is (
        Status.PIN_POLICY_VIOLATION
    )
    for size in (16, 48, 80):
        fields = platform.set_pin_fields(b"12345678".ljust(size, b"\0"))
        assert platform.refused(6, fields) is Status.INVALID_PARAMETER
    assert platform.set_pin("é" * 4) is Status.SUCCESS


def test_three_wrong_pins_block_until_power_up_and_eight_for_good(owner):
    statuses = []
    while not statuses or statuses[-1] is not Status.PIN_BLOCKED:
        statuses.append(owner.token_reply("9999")[0])
        if statuses[-1] is Status.PIN_AUTH_BLOCKED:
            left = owner.ok(6, {1: 1, 2: 1})
            assert left[4] is True
            assert owner.token_reply(PIN)[0] is Status.PIN_AUTH_BLOCKED  # not counted
            assert owner.ok(6, {1: 1, 2: 1}) == left
            owner.power_up()
    assert [int(each) for each in statuses] == [0x31, 0x31, 0x34] * 2 + [0x31, 0x32]
    assert owner.token_reply(PIN)[0] is Status.PIN_BLOCKED
    assert owner.change_pin(PIN, "5678") is Status.PIN_BLOCKED
    owner.power_up()
    assert owner.token_reply(PIN)[0] is Status.PIN_BLOCKED


def test_the_right_pin_gives_all_tries_back(owner):
    owner.token_reply("9999")
    assert owner.ok(6, {1: 1, 2: 1}) == {3: 7}
    owner.token()
    assert owner.ok(6, {1: 1, 2: 1}) == {3: 8}


def test_a_wrong_pin_ends_the_key_agreement(owner):
    before = owner.ok(6, {1: 1, 2: 2})[1]
    assert owner.ok(6, {1: 1, 2: 2})[1] == before
    owner.token_reply("9999")
    assert owner.ok(6, {1: 1, 2: 2})[1] != before


def test_a_wrong_mac_does_not_count(owner):
    ours, shared = owner.agree()
    sent = owner.protocol.encrypt(shared, bytes(64))
    fields = {1: owner.protocol.VERSION, 2: 4, 3: ours, 4: bytes(16), 5: sent, 6: bytes(32)}
    assert owner.refused(6, fields) is Status.PIN_AUTH_INVALID
    assert owner.ok(6, {1: 1, 2: 1}) == {3: 8}
    fields[2] = 3
    assert Platform().refused(6, fields) is Status.PIN_AUTH_INVALID


def test_a_proof_that_cannot_be_decrypted_counts(owner):
    ours, _ = owner.agree()
    fields = {1: owner.protocol.VERSION, 2: 5, 3: ours, 6: b"odd"}
    assert owner.refused(6, fields) is Status.PIN_INVALID
    assert owner.ok(6, {1: 1, 2: 1}) == {3: 7}


def test_parameters_are_checked(owner):
    assert owner.refused(6, {1: 1}) is Status.MISSING_PARAMETER
    assert owner.refused(6, {2: 2}) is Status.MISSING_PARAMETER
    assert owner.refused(6, {1: 3, 2: 2}) is Status.INVALID_PARAMETER
    assert owner.refused(6, {1: "x", 2: 2}) is Status.CBOR_UNEXPECTED_TYPE
    assert owner.refused(6, {1: 1, 2: 0x7F}) is Status.INVALID_SUBCOMMAND
    for sub, needed in ((3, (3, 4, 5)), (4, (3, 4, 5, 6)), (5, (3, 6)), (9, (3, 6, 9))):
        ours, _ = owner.agree()
        whole = {1: 1, 2: sub, 3: ours, 4: b"", 5: b"", 6: b"", 9: 4}
        for key in needed:
            fields = {k: v for k, v in whole.items() if k != key}
            if sub == 5:
                fields.pop(9)
            assert owner.refused(6, fields) is Status.MISSING_PARAMETER, (sub, key)


def test_a_key_that_is_no_point_is_refused(owner):
    ours, _ = owner.agree()
    fields = {1: 1, 2: 5, 6: bytes(16)}
    assert owner.refused(6, fields | {3: ours | {-3: bytes(32)}}) is Status.INVALID_PARAMETER
    assert owner.refused(6, fields | {3: {-2: bytes(32)}}) is Status.MISSING_PARAMETER


def test_permissions_are_checked(owner):
    def status(permissions, rp=None, sub=9):
        return owner.token_reply(PIN, permissions, rp, sub)[0]

    assert status(0) is Status.INVALID_PARAMETER
    assert status(Permission.BIO_ENROLLMENT) is Status.UNAUTHORIZED_PERMISSION
    assert status(0x40) is Status.UNAUTHORIZED_PERMISSION
    assert status(Permission.MAKE_CREDENTIAL) is Status.MISSING_PARAMETER
    assert status(Permission.GET_ASSERTION, "rp") is Status.SUCCESS
    assert status(Permission.CREDENTIAL_MANAGEMENT) is Status.SUCCESS
    assert status(Permission.CREDENTIAL_MANAGEMENT, None, 5) is Status.INVALID_PARAMETER
    small = Platform(fido(PIN, large_blob=0))
    assert small.token_reply(PIN, Permission.LARGE_BLOB_WRITE)[0] is (
        Status.UNAUTHORIZED_PERMISSION
    )


def test_no_token_without_a_pin(platform):
    assert platform.token_reply()[0] is Status.PIN_NOT_SET
    assert platform.change_pin(PIN, "5678") is Status.PIN_NOT_SET


def test_a_pin_that_has_to_change_gives_no_token_until_it_does(owner):
    assert owner.config(3, {3: True}) is Status.SUCCESS
    assert owner.token_reply()[0] is Status.PIN_INVALID
    assert owner.token_reply(PIN, None, None, 5)[0] is Status.PIN_INVALID
    assert owner.ok(4)[12] is True
    assert owner.change_pin(PIN, PIN) is Status.PIN_POLICY_VIOLATION
    assert owner.change_pin(PIN, "5678") is Status.SUCCESS
    assert owner.token_reply("5678")[0] is Status.SUCCESS


def test_a_change_that_is_refused_changes_nothing(owner):
    assert owner.change_pin(PIN, "123") is Status.PIN_POLICY_VIOLATION
    assert owner.token()


def test_built_in_verification_gives_tokens():
    platform = Platform(fido(verification="accept"))
    assert platform.ok(6, {1: 2, 2: 7}) == {5: 3}
    assert platform.token(Permission.CREDENTIAL_MANAGEMENT, None, sub=6)
    refusing = Platform(fido(verification="refuse"))
    statuses = [refusing.token_reply(PIN, 4, None, 6)[0] for _ in range(4)]
    assert statuses == [Status.UV_INVALID] * 3 + [Status.UV_BLOCKED]
    assert refusing.ok(6, {1: 2, 2: 7}) == {5: 0}


def test_an_authenticator_without_built_in_verification_has_no_such_commands(platform):
    assert platform.refused(6, {1: 2, 2: 7}) is Status.INVALID_SUBCOMMAND
    assert platform.token_reply(PIN, 4, None, 6)[0] is Status.INVALID_SUBCOMMAND
