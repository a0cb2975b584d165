import pytest

from applets.piv import Algorithm, PinPolicy, Slot
from applets.piv.codes import Origin, TouchPolicy
from applets.piv.keys import KeyStore
from vcard import Memory


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def keys(memory):
    return KeyStore(memory.section("keys"))


def test_a_key_is_kept_with_what_is_known_of_it(keys, memory, key_for):
    keys.add(Slot.SIGNATURE, key_for(Algorithm.P256))
    again = KeyStore(memory.section("keys")).get(Slot.SIGNATURE)
    assert again.public_key == key_for(Algorithm.P256).public_key()
    assert (again.algorithm, again.origin) == (Algorithm.P256, Origin.IMPORTED)
    assert (again.pin_policy, again.touch_policy) == (PinPolicy.ALWAYS, TouchPolicy.NEVER)


def test_an_empty_slot_has_no_key(keys):
    assert keys.get(Slot.RETIRED_1) is None
    assert Slot.RETIRED_1 not in keys
    assert list(keys) == []


def test_a_key_is_parsed_once_until_it_changes(keys, key_for):
    keys.add(Slot.SIGNATURE, key_for(Algorithm.P256))
    first = keys.get(Slot.SIGNATURE).key
    assert keys.get(Slot.SIGNATURE).key is first
    keys.add(Slot.SIGNATURE, key_for(Algorithm.P384))
    assert keys.get(Slot.SIGNATURE).algorithm is Algorithm.P384


def test_a_memory_that_is_rolled_back_gives_the_old_key(keys, memory, key_for):
    keys.add(Slot.SIGNATURE, key_for(Algorithm.P256))
    before = memory.snapshot()
    keys.add(Slot.SIGNATURE, key_for(Algorithm.P384))
    assert keys.get(Slot.SIGNATURE).algorithm is Algorithm.P384
    memory.restore(before)
    assert keys.get(Slot.SIGNATURE).algorithm is Algorithm.P256


def test_default_policies_become_those_of_the_slot(keys):
    pair = keys.generate(
        Slot.KEY_MANAGEMENT, Algorithm.P256, PinPolicy.DEFAULT, TouchPolicy.DEFAULT
    )
    assert (pair.pin_policy, pair.touch_policy) == (PinPolicy.ONCE, TouchPolicy.NEVER)
    pair = keys.generate(Slot.RETIRED_1, Algorithm.P256, PinPolicy.NEVER, TouchPolicy.CACHED)
    assert (pair.pin_policy, pair.touch_policy) == (PinPolicy.NEVER, TouchPolicy.CACHED)
    assert pair.origin is Origin.GENERATED


def test_keys_move_and_go(keys, key_for):
    keys.add(Slot.SIGNATURE, key_for(Algorithm.P256))
    keys.move(Slot.SIGNATURE, Slot.RETIRED_3)
    assert list(keys) == [Slot.RETIRED_3]
    keys.delete(Slot.RETIRED_3)
    assert list(keys) == []
    with pytest.raises(KeyError):
        keys.delete(Slot.RETIRED_3)


def test_a_printed_key_pair_shows_no_key(keys, key_for):
    pair = keys.add(Slot.SIGNATURE, key_for(Algorithm.P256))
    assert repr(pair) == "<KeyPair P256 IMPORTED>"


def test_a_key_without_an_algorithm_is_not_kept(keys):
    from cryptography.hazmat.primitives.asymmetric import ec

    with pytest.raises(ValueError, match="P-521"):
        keys.add(Slot.SIGNATURE, ec.generate_private_key(ec.SECP521R1()))
    assert list(keys) == []
