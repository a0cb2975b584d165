from __future__ import annotations

import pytest

from applets.shared.secure_channel.keys import Key, KeyRing, KeySet, KeyType
from vcard import Memory

SECRET = bytes(range(0x40, 0x50))


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(Memory().section("keys"))


@pytest.mark.parametrize(
    ("key", "check"),
    [
        (Key(KeyType.DES, SECRET), "8BAF47"),
        (Key(KeyType.AES, SECRET), "504A77"),
        (Key(KeyType.EC_PUBLIC, b"\4" + bytes(64)), ""),
        (Key(KeyType.TLS_PSK, SECRET), ""),
    ],
)
def test_a_key_check_value_tells_block_cipher_keys_apart(key: Key, check: str) -> None:
    assert key.check_value.hex().upper() == check


def test_a_key_of_no_block_cipher_makes_none() -> None:
    with pytest.raises(ValueError, match="type B1 is for no block cipher"):
        _ = Key(KeyType.EC_PRIVATE, SECRET).cipher


def test_no_secret_is_in_a_repr() -> None:
    assert SECRET.hex() not in repr(KeySet.same(1, KeyType.AES, SECRET))
    assert repr(SECRET) not in repr(KeySet.same(1, KeyType.AES, SECRET))


def test_keys_are_kept_by_version_and_identifier(ring: KeyRing) -> None:
    key = Key(KeyType.EC_PRIVATE, SECRET, 3)
    ring.put(0x20, 0x13, key)
    ring.put_set(KeySet.same(0x01, KeyType.AES, SECRET))
    assert list(ring) == [(1, 1), (1, 2), (1, 3), (0x20, 0x13)]
    assert ring.get(0x20, 0x13) == key
    assert ring.get(0x20, 0x14) is None
    assert (1, 2) in ring
    assert (2, 1) not in ring
    assert ring.find(kvn=1) == [(1, 1), (1, 2), (1, 3)]
    assert ring.find(kid=0x13) == [(0x20, 0x13)]
    assert ring.find(1, 3) == [(1, 3)]
    ring.delete(1, 3)
    assert ring.find(1, 3) == []
    with pytest.raises(KeyError):
        ring.delete(1, 3)


def test_a_set_has_three_keys_of_one_cipher(ring: KeyRing) -> None:
    for kvn, kinds in {
        1: (KeyType.AES, KeyType.AES, KeyType.AES),
        2: (KeyType.AES, KeyType.AES, KeyType.DES),
        3: (KeyType.TLS_PSK,) * 3,
        4: (KeyType.DES, KeyType.DES),
        5: (KeyType.DES,) * 3,
    }.items():
        for kid, kind in enumerate(kinds, 1):
            ring.put(kvn, kid, Key(kind, SECRET))
    assert [(keys.kvn, keys.kind) for keys in ring.sets()] == [(1, KeyType.AES), (5, KeyType.DES)]


@pytest.mark.parametrize("size", [16, 24, 32])
def test_a_set_is_made_of_one_key_or_of_three(size: int) -> None:
    raw = bytes(range(3 * size))
    three = KeySet.of(1, KeyType.AES, raw)
    assert [one.value for one in (three.enc, three.mac, three.dek)] == [
        raw[:size], raw[size : 2 * size], raw[2 * size :],
    ]  # fmt: skip
    assert KeySet.of(1, KeyType.AES, raw[:size]) == KeySet.same(1, KeyType.AES, raw[:size])
    with pytest.raises(ValueError, match="one for all, or three"):
        KeySet.of(1, KeyType.AES, raw[:-1])
