import pytest

from applets.fido2.store import EMPTY_BLOBS
from tests.kits.fido2.platform import Platform, assertion, fido
from vcard import Memory


def test_an_authenticator_is_taken_up_where_it_was_left():
    memory = Memory()
    made = Platform(memory=memory).resident()
    again = Platform(memory=memory)
    answer = again.ok(2, assertion())
    assert answer[1]["id"] == made.identity
    assert int.from_bytes(answer[2][33:37], "big") == 2


def test_the_counter_is_never_zero(platform):
    platform.core.store.memory["counter"] = 0xFFFFFFFF
    assert platform.make().data.counter == 1


def test_a_new_store_has_nothing(platform):
    store = platform.core.store
    assert (store.accounts(), store.free, store.large_blobs) == ([], 100, EMPTY_BLOBS)
    assert not store.blank


@pytest.mark.slow  # hundreds of key pairs
def test_many_credentials_have_room():
    platform = Platform(fido(credentials=500))
    for number in range(300):
        platform.resident(number.to_bytes(2, "big"), rp=f"rp{number % 7}")
    assert platform.core.store.free == 200
    assert platform.ok(2, assertion(rp="rp3"))[5] == 43


def test_no_key_is_kept_with_a_credential(platform):
    platform.resident()
    account = platform.core.store.accounts()[0]
    credential = platform.core.store.find(account.rp_hash, account.identity)
    assert credential.secret(verified=False) not in account.identity
    assert len(account.identity) == 51
