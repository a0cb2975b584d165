import pytest

from applets.shared.key_kinds import KINDS, KeyStore
from vcard import Memory

KEY, OTHER = KINDS["P-256"].generate(), KINDS["Ed25519"].generate()


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def keys(memory):
    return KeyStore(memory.section("keys"))


def test_a_key_and_its_facts_are_one_value(keys, memory):
    keys.put("signature", KEY, 0x11, 2, 3)
    assert memory["keys/signature"][:3] == (0x11, 2, 3)
    kept = KeyStore(memory.section("keys")).get("signature")
    assert kept.facts == (0x11, 2, 3)
    assert kept.key.private_numbers() == KEY.private_numbers()
    assert kept.public_key == KEY.public_key()
    assert kept.kind is KINDS["P-256"]


def test_a_name_without_a_key_has_none(keys):
    assert keys.get("signature") is None
    assert "signature" not in keys
    assert list(keys) == []


def test_a_key_is_parsed_once_until_it_changes(keys):
    keys.put("signature", KEY)
    first = keys.get("signature")
    assert keys.get("signature") is first
    keys.put("signature", OTHER)
    assert keys.get("signature").kind is KINDS["Ed25519"]


def test_a_memory_that_is_rolled_back_gives_the_old_key(keys, memory):
    keys.put("signature", KEY)
    before = memory.snapshot()
    keys.put("signature", OTHER)
    memory.restore(before)
    assert keys.get("signature").kind is KINDS["P-256"]


def test_keys_move_and_go(keys):
    keys.put("one", KEY, 1)
    keys.move("one", "two")
    assert list(keys) == ["two"]
    keys.delete("two")
    for action in (lambda: keys.delete("two"), lambda: keys.move("one", "two")):
        with pytest.raises(KeyError):
            action()


def test_a_printed_key_shows_no_key(keys):
    keys.put("one", KEY, 1)
    assert repr(keys.get("one")) == "KeptKey(facts=(1,))"
