"""A card's memory encrypted with a passphrase: a Store around another Store.

All values are one AES-256-GCM ciphertext, rewritten at each commit, so neither names nor sizes of
values are visible, and no old value can be restored beside new ones. The key is derived from the
passphrase by scrypt. Needs `cryptography` (the `crypto` extra).

Spec: NIST SP 800-38D (GCM); RFC 7914 (scrypt).
"""

from __future__ import annotations

import os

from vcard.memory import Changes, Deleted, Store, Value, all_parts, parts

from .file_store import StoreError, pack, unpack

NAME = "sealed"
COST = 2**15
_MARK = b"vcard sealed memory 1"


class SealedStore:
    """Keeps all values encrypted in `inner`, as one value named "sealed".

    StoreError if `inner` has other values, or if the passphrase is not the one that sealed it.
    `cost` is scrypt's N for a new store (a power of two; the memory needed is 1 kB for each).
    """

    def __init__(self, inner: Store, passphrase: str, *, cost: int = COST) -> None:
        self._inner = inner
        values = inner.load()
        sealed = values.pop(NAME, None)
        if values:
            raise StoreError("this memory is not encrypted: use it without a passphrase")
        self._cost, self._salt = (cost, os.urandom(16)) if sealed is None else _head(sealed)
        self._key = _derive(passphrase, self._salt, self._cost)
        self._values = {} if sealed is None else self._open(sealed)

    def load(self) -> dict[str, Value]:
        """Everything committed so far, in clear."""
        return dict(self._values)

    def commit(self, changes: Changes) -> None:
        """Keep all of `changes` or none of them; OSError if that is impossible."""
        gone = {name for name, value in changes.items() if isinstance(value, Deleted)}
        kept = {n: v for n, v in changes.items() if not isinstance(v, Deleted)}
        values = {n: v for n, v in {**self._values, **kept}.items() if n not in gone}
        self._inner.commit({NAME: self._seal(values)})
        self._values = values

    def _seal(self, values: dict[str, Value]) -> Value:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)
        ciphertext = AESGCM(self._key).encrypt(nonce, pack(tuple(values.items())), _MARK)
        return self._cost, self._salt, nonce, ciphertext

    def _open(self, sealed: Value) -> dict[str, Value]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        *_, nonce, ciphertext = parts(sealed, int, bytes, bytes, bytes)
        try:
            clear = AESGCM(self._key).decrypt(nonce, ciphertext, _MARK)
        except InvalidTag:
            raise StoreError("the passphrase is wrong, or the memory is damaged") from None
        return dict(all_parts(unpack(clear)))  # type: ignore[arg-type]  # what was sealed were pairs


def opened(store: Store, passphrase: str | None, *, cost: int = COST) -> Store:
    """`store` as it is, or opened with a passphrase; StoreError if it needs the other."""
    if passphrase is not None:
        return SealedStore(store, passphrase, cost=cost)
    if NAME in store.load():
        raise StoreError("this memory is encrypted: name its passphrase")
    return store


def _head(sealed: Value) -> tuple[int, bytes]:
    match sealed:
        case (int(cost), bytes(salt), bytes(), bytes()):
            if 2 <= cost <= 2**22 and cost & (cost - 1) == 0:
                return cost, salt
    raise StoreError("the encrypted memory is damaged")


def _derive(passphrase: str, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt, 32, cost, 8, 1).derive(passphrase.encode())
