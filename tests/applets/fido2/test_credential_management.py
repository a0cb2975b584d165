from applets.fido2.codes import Permission, Status
from tests.kits.fido2.platform import PIN, RP, Platform, assertion, creation, fido, listed


def test_credentials_are_counted(owner):
    assert owner.manage(1) == (Status.SUCCESS, {1: 0, 2: 100})
    owner.resident()
    assert owner.manage(1) == (Status.SUCCESS, {1: 1, 2: 99})


def test_rps_and_their_credentials_are_listed(owner):
    made = [owner.resident(b"one"), owner.resident(b"two"), owner.resident(b"one", "other")]
    status, first = owner.manage(2)
    assert status is Status.SUCCESS
    assert first[5] == 2
    assert [first[3], owner.ok(0x0A, {1: 3})[3]] == [
        {"id": "other", "name": "RP"},
        {"id": RP, "name": "RP"},
    ]
    assert owner.refused(0x0A, {1: 3}) is Status.NOT_ALLOWED
    _, newest = owner.manage(4, {1: made[0].data.rp_id_hash})
    assert (newest[9], newest[7], newest[10]) == (2, listed(made[1].identity), 1)
    assert newest[6] == {"id": b"two", "name": "name", "displayName": "Display"}
    assert newest[8] == made[1].key
    assert owner.ok(0x0A, {1: 5})[7]["id"] == made[0].identity
    assert owner.refused(0x0A, {1: 5}) is Status.NOT_ALLOWED


def test_a_large_blob_key_and_an_rp_without_a_name_are_listed(owner):
    fields = creation(options={"rk": True}, extensions={"largeBlobKey": True})
    fields[2] = {"id": RP}
    key = owner.ok(1, owner.verified(fields, 8))[5]
    _, rp = owner.manage(2)
    assert rp[3] == {"id": RP}
    assert owner.manage(4, {1: rp[4]})[1][11] == key


def test_a_list_is_not_continued_as_another_or_after_another_command(owner):
    owner.resident(b"one")
    owner.resident(b"one", "other")
    owner.manage(2)
    assert owner.refused(0x0A, {1: 5}) is Status.NOT_ALLOWED
    owner.manage(2)
    owner.ok(4)
    assert owner.refused(0x0A, {1: 3}) is Status.NOT_ALLOWED


def test_empty_lists_have_no_credentials(owner):
    assert owner.manage(2)[0] is Status.NO_CREDENTIALS
    assert owner.manage(4, {1: bytes(32)})[0] is Status.NO_CREDENTIALS


def test_a_credential_is_deleted(owner):
    made = owner.resident()
    other = owner.resident(b"two")
    assert owner.manage(6, {2: listed(made.identity)})[0] is Status.SUCCESS
    assert owner.manage(6, {2: listed(made.identity)})[0] is Status.NO_CREDENTIALS
    assert owner.refused(2, assertion([made.identity])) is Status.NO_CREDENTIALS
    assert owner.ok(2, assertion())[1]["id"] == other.identity


def test_a_user_is_renamed(owner):
    made = owner.resident()
    renamed = {2: listed(made.identity), 3: {"id": b"u", "name": "new", "displayName": ""}}
    assert owner.manage(7, renamed)[0] is Status.SUCCESS
    assert owner.manage(4, {1: made.data.rp_id_hash})[1][6] == {"id": b"u", "name": "new"}
    renamed[3]["id"] = b"other"
    assert owner.manage(7, renamed)[0] is Status.INVALID_PARAMETER


def test_a_token_needs_the_permission_and_the_rp(owner):
    made = owner.resident()
    mine = {"permissions": Permission.CREDENTIAL_MANAGEMENT, "rp": RP}
    other = mine | {"rp": "other"}
    identity, rp = {2: listed(made.identity)}, {1: made.data.rp_id_hash}
    wrong = {"permissions": Permission.GET_ASSERTION, "rp": RP}
    assert owner.manage(4, rp, **wrong)[0] is Status.PIN_AUTH_INVALID
    assert owner.manage(1, **mine)[0] is Status.PIN_AUTH_INVALID
    assert owner.manage(2, **mine)[0] is Status.PIN_AUTH_INVALID
    assert owner.manage(4, rp, **other)[0] is Status.PIN_AUTH_INVALID
    assert owner.manage(6, identity, **other)[0] is Status.PIN_AUTH_INVALID
    assert owner.manage(4, rp, **mine)[0] is Status.SUCCESS
    assert owner.manage(6, identity, **mine)[0] is Status.SUCCESS


def test_parameters_are_checked(owner):
    assert owner.refused(0x0A, {}) is Status.MISSING_PARAMETER
    assert owner.refused(0x0A, {1: 9}) is Status.INVALID_SUBCOMMAND
    assert owner.refused(0x0A, {1: 1}) is Status.PUAT_REQUIRED
    assert owner.refused(0x0A, {1: 1, 2: 7}) is Status.CBOR_UNEXPECTED_TYPE
    assert owner.manage(4)[0] is Status.MISSING_PARAMETER
    assert owner.manage(4, {1: bytes(31)})[0] is Status.INVALID_LENGTH
    assert owner.manage(6)[0] is Status.MISSING_PARAMETER


def test_the_preview_has_the_same_commands(owner):
    assert owner.refused(0x41, {1: 1}) is Status.PUAT_REQUIRED


def test_a_credential_of_a_missing_algorithm_is_not_listed(monkeypatch):
    platform = Platform(fido(PIN))
    made = platform.resident()
    monkeypatch.setattr("applets.fido2.credential.ALGORITHMS", {})
    assert platform.manage(4, {1: made.data.rp_id_hash})[0] is Status.NO_CREDENTIALS
