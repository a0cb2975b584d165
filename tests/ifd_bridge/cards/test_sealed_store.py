import pytest

from ifd_bridge.cards.file_store import FileStore, StoreError
from ifd_bridge.cards.sealed_store import NAME, SealedStore, opened
from vcard import Memory
from vcard.memory import DELETED, RamStore

COST = 16  # scrypt that takes no time


def sealed(inner, passphrase="open sesame", cost=COST):
    return SealedStore(inner, passphrase, cost=cost)


def test_values_come_back_with_the_passphrase():
    inner = RamStore()
    store = sealed(inner)
    store.commit({"a": (1, b"x", None), "b": True})
    store.commit({"b": DELETED, "c": "text"})
    assert sealed(inner).load() == store.load() == {"a": (1, b"x", None), "c": "text"}


def test_nothing_shows_without_it():
    inner = RamStore()
    sealed(inner).commit({"Piv/pin.value": b"123456\xff\xff"})
    (name,) = inner.load()
    assert name == NAME
    shown = repr(inner.load())
    assert "pin" not in shown
    assert "123456" not in shown


def test_the_same_values_are_sealed_differently_each_time():
    inner = RamStore()
    store = sealed(inner)
    seen = set()
    for _ in range(3):
        store.commit({"a": 1})
        seen.add(inner.load()[NAME])
    assert len(seen) == 3


def test_a_wrong_passphrase_is_refused():
    inner = RamStore()
    sealed(inner).commit({"a": 1})
    with pytest.raises(StoreError, match="passphrase is wrong"):
        sealed(inner, "open barley")


def test_a_changed_byte_is_noticed():
    inner = RamStore()
    sealed(inner).commit({"a": 1})
    cost, salt, nonce, ciphertext = inner.load()[NAME]
    damaged = bytes((ciphertext[0] ^ 1,)) + ciphertext[1:]
    inner.commit({NAME: (cost, salt, nonce, damaged)})
    with pytest.raises(StoreError, match="damaged"):
        sealed(inner)


def test_what_was_never_sealed_is_refused():
    for value in [b"x", (1, b""), (3, b"", b"", b""), (2**30, b"", b"", b"")]:
        inner = RamStore()
        inner.commit({NAME: value})
        with pytest.raises(StoreError, match="damaged"):
            sealed(inner)


def test_clear_and_sealed_memories_are_not_mixed_up():
    clear, inner = RamStore(), RamStore()
    clear.commit({"a": 1})
    with pytest.raises(StoreError, match="not encrypted"):
        opened(clear, "open sesame", cost=COST)
    assert opened(clear, None) is clear
    opened(inner, "open sesame", cost=COST).commit({"a": 1})
    with pytest.raises(StoreError, match="is encrypted"):
        opened(inner, None)
    assert opened(inner, "open sesame").load() == {"a": 1}


def test_a_store_that_fails_keeps_the_old_values():
    class Full(RamStore):
        def commit(self, changes):
            raise OSError("disk full")

    store = sealed(Full())
    with pytest.raises(OSError, match="disk full"):
        store.commit({"a": 1})
    assert store.load() == {}


def test_a_card_lives_in_an_encrypted_file(tmp_path):
    path = tmp_path / "alice.card"
    with FileStore(path) as file:
        Memory(sealed(file))["secret"] = b"a private key"
    assert b"private" not in path.read_bytes()
    with FileStore(path) as file:
        assert Memory(sealed(file))["secret"] == b"a private key"
