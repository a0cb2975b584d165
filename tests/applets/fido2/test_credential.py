import pytest

from applets.fido2.algorithms import EDDSA, ES256
from applets.fido2.codes import Protection
from applets.fido2.credential import Credential, Kind

MASTER, OTHER, RP, RP2 = (bytes((number,)) * 32 for number in range(4))


@pytest.fixture
def made() -> Credential:
    return Credential.create(MASTER, RP, EDDSA, Kind.LARGE_BLOB, Protection.REQUIRED)


def test_an_id_says_all_about_its_credential(made):
    found = Credential.open(MASTER, RP, made.identity)
    assert found == made
    assert found.public_key == made.public_key
    assert len(made.identity) == 51


def test_an_id_of_another_rp_or_authenticator_is_not_opened(made):
    assert Credential.open(MASTER, RP2, made.identity) is None
    assert Credential.open(OTHER, RP, made.identity) is None
    for length in (0, 1, 16, 50):
        assert Credential.open(MASTER, RP, made.identity[:length]) is None


def test_an_id_that_was_changed_is_not_opened(made):
    for place in range(len(made.identity)):
        changed = bytearray(made.identity)
        changed[place] ^= 1
        assert Credential.open(MASTER, RP, bytes(changed)) is None


def test_all_keys_of_a_credential_differ(made):
    secrets = {made.secret(verified=True), made.secret(verified=False), made.large_blob_key}
    assert len(secrets) == 3
    assert Credential.create(MASTER, RP, ES256).large_blob_key is None


def test_an_algorithm_that_is_gone_opens_nothing(made, monkeypatch):
    monkeypatch.setattr("applets.fido2.credential.ALGORITHMS", {})
    assert Credential.open(MASTER, RP, made.identity) is None


def test_no_key_is_in_the_repr(made):
    assert "master" not in repr(made)
    assert repr(MASTER) not in repr(made)
