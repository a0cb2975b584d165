import hashlib

import pytest

from applets.fido2.codes import Permission, Status
from applets.fido2.store import EMPTY_BLOBS
from tests.kits.fido2.platform import Platform, fido


def array(content: bytes) -> bytes:
    return content + hashlib.sha256(content).digest()[:16]


def test_a_new_authenticator_has_an_empty_array(platform):
    assert platform.ok(0x0C, {1: 100, 3: 0}) == {1: EMPTY_BLOBS}
    assert EMPTY_BLOBS.hex() == "8076be8b528d0075f7aae98d6fa57a6d3c"
    assert platform.ok(0x0C, {1: 3, 3: 15}) == {1: b"\x6d\x3c"}
    assert platform.ok(0x0C, {1: 0, 3: 17}) == {1: b""}


def test_an_array_is_written_in_pieces(platform):
    whole = array(bytes(100))
    platform.ok(0x0C, {2: whole[:60], 3: 0, 4: len(whole)})
    assert platform.ok(0x0C, {1: 100, 3: 0}) == {1: EMPTY_BLOBS}
    platform.ok(0x0C, {2: whole[:60], 3: 0, 4: len(whole)})
    platform.ok(0x0C, {2: whole[60:], 3: 60})
    assert platform.ok(0x0C, {1: 200, 3: 0}) == {1: whole}


def test_pieces_that_do_not_follow_are_refused(platform):
    piece = {2: b"piece", 3: 5}
    assert platform.refused(0x0C, piece) is Status.INVALID_SEQ
    platform.ok(0x0C, {2: b"first", 3: 0, 4: 30})
    assert platform.refused(0x0C, piece | {3: 6}) is Status.INVALID_SEQ
    assert platform.refused(0x0C, piece | {4: 30}) is Status.INVALID_PARAMETER
    platform.ok(4)
    assert platform.refused(0x0C, piece) is Status.INVALID_SEQ


def test_a_wrong_checksum_keeps_the_old_array(platform):
    wrong = array(b"content")[:-1] + b"\0"
    assert platform.refused(0x0C, {2: wrong, 3: 0, 4: len(wrong)}) is Status.INTEGRITY_FAILURE
    assert platform.ok(0x0C, {1: 100, 3: 0}) == {1: EMPTY_BLOBS}


CASES = [
    ({3: 0}, Status.INVALID_PARAMETER),
    ({1: 1, 2: b"", 3: 0}, Status.INVALID_PARAMETER),
    ({1: 1}, Status.MISSING_PARAMETER),
    ({1: 1, 3: -1}, Status.INVALID_PARAMETER),
    ({1: -1, 3: 0}, Status.INVALID_PARAMETER),
    ({1: 1, 3: 18}, Status.INVALID_PARAMETER),
    ({1: 1, 3: 0, 4: 1}, Status.INVALID_PARAMETER),
    ({1: 1985, 3: 0}, Status.INVALID_LENGTH),
    ({2: bytes(1985), 3: 0, 4: 1985}, Status.INVALID_LENGTH),
    ({2: b"", 3: 0}, Status.INVALID_PARAMETER),
    ({2: b"", 3: 0, 4: 16}, Status.INVALID_PARAMETER),
    ({2: b"", 3: 0, 4: 4097}, Status.LARGE_BLOB_STORAGE_FULL),
    ({2: bytes(18), 3: 0, 4: 17}, Status.INVALID_PARAMETER),
    ({2: "x", 3: 0}, Status.CBOR_UNEXPECTED_TYPE),
]


@pytest.mark.parametrize(("fields", "status"), CASES)
def test_parameters_are_checked(platform, fields, status):
    assert platform.refused(0x0C, fields) is status


def test_a_token_is_needed_to_write_where_there_is_a_pin(owner):
    whole = array(b"content")
    fields = {2: whole, 3: 0, 4: len(whole)}
    assert owner.refused(0x0C, fields) is Status.PUAT_REQUIRED
    message = b"\xff" * 32 + bytes.fromhex("0c0000000000") + hashlib.sha256(whole).digest()

    def proof(permission):
        mac = owner.proof(message, permission, "rp")
        return {5: mac, 6: owner.protocol.VERSION}

    wrong = proof(Permission.GET_ASSERTION)
    assert owner.refused(0x0C, fields | wrong) is Status.PIN_AUTH_INVALID
    owner.ok(0x0C, fields | proof(Permission.LARGE_BLOB_WRITE))
    assert owner.ok(0x0C, {1: 100, 3: 0}) == {1: whole}


def test_an_authenticator_without_room_has_no_such_command():
    platform = Platform(fido(large_blob=0))
    assert platform.refused(0x0C, {1: 1, 3: 0}) is Status.INVALID_COMMAND
    info = platform.ok(4)
    assert 11 not in info
    assert "largeBlobs" not in info[4]
