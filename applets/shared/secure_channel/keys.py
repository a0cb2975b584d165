"""The keys of a security domain, in a card's memory by version and identifier.

Spec: GlobalPlatform Card Specification 2.3.1, 11.1.8 (key types), B.6 (key check values);
Amendment D, 7.2 (AES), Amendment F, 5.1 (key identifiers of SCP11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from applets.shared.block_ciphers import Aes, BlockCipher, TripleDes
from vcard import Section, Value
from vcard.memory import parts


class KeyType(IntEnum):
    """The supported key types."""

    DES = 0x80
    TLS_PSK = 0x85
    AES = 0x88
    EC_PUBLIC = 0xB0
    EC_PRIVATE = 0xB1
    EC_PARAMETERS = 0xF0


SYMMETRIC = frozenset({KeyType.DES, KeyType.AES, KeyType.TLS_PSK})
ENC_ID, MAC_ID, DEK_ID = 0x01, 0x02, 0x03
_LONGEST = 32
SET_IDS = (ENC_ID, MAC_ID, DEK_ID)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `value` is the secret, or the point of a public key; `curve` its parameter."""

    kind: KeyType
    value: bytes = field(repr=False)
    curve: int = 0

    @property
    def cipher(self) -> BlockCipher:
        """The block cipher with this key; ValueError if it is no symmetric key."""
        if self.kind is KeyType.AES:
            return Aes(self.value)
        if self.kind is KeyType.DES:
            return TripleDes(self.value)
        raise ValueError(f"a key of type {self.kind:02X} is for no block cipher")

    @property
    def check_value(self) -> bytes:
        """The key check value, three bytes; empty for a key without a cipher.

        Spec: GlobalPlatform Card Specification, B.6 (DES over zeros); Amendment D, 4.1.4
        (AES over 01).
        """
        if self.kind is KeyType.AES:
            return self.cipher.encrypt(b"\x01" * 16)[:3]
        if self.kind is KeyType.DES:
            return self.cipher.encrypt(bytes(8))[:3]
        return b""

    def pack(self) -> tuple[int, bytes, int]:
        """Convert the key to a value for a card's memory."""
        return (int(self.kind), self.value, self.curve)

    @classmethod
    def unpack(cls, packed: Value) -> Key:
        """Restore a key from the result of `pack`."""
        kind, value, curve = parts(packed, int, bytes, int)
        return cls(KeyType(kind), value, curve)


@dataclass(frozen=True, slots=True)
class KeySet:
    """The three static keys of SCP02 and SCP03, with one key version."""

    kvn: int
    enc: Key
    mac: Key
    dek: Key

    @classmethod
    def same(cls, kvn: int, kind: KeyType, value: bytes) -> KeySet:
        """Make a set of three equal keys, as on cards from the factory."""
        key = Key(kind, value)
        return cls(kvn, key, key, key)

    @classmethod
    def of(cls, kvn: int, kind: KeyType, raw: bytes) -> KeySet:
        """Parse one key for all, or ENC, MAC and DEK one after another, of 16, 24 or 32 bytes each.

        ValueError for another length.
        """
        if len(raw) not in (16, 24, 32, 48, 72, 96):
            raise ValueError("keys have 16, 24 or 32 bytes each: one for all, or three")
        size = len(raw) if len(raw) <= _LONGEST else len(raw) // 3
        parts = [raw[at : at + size] for at in range(0, len(raw), size)]
        enc, mac, dek = (Key(kind, value) for value in (parts * 3)[:3])
        return cls(kvn, enc, mac, dek)

    @property
    def kind(self) -> KeyType:
        """The type of the keys, which decides the protocol."""
        return self.enc.kind


class KeyRing:
    """All keys of a security domain."""

    def __init__(self, section: Section) -> None:
        self._section = section

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Version and identifier of each key, in order."""
        return iter(sorted((int(name[:2], 16), int(name[3:], 16)) for name in self._section))

    def __contains__(self, reference: object) -> bool:
        return reference in list(self)

    def get(self, kvn: int, kid: int) -> Key | None:
        """Return a key, or None."""
        packed = self._section.get(_name(kvn, kid))
        return None if packed is None else Key.unpack(packed)

    def put(self, kvn: int, kid: int, key: Key) -> None:
        """Add or replace a key."""
        self._section[_name(kvn, kid)] = key.pack()

    def put_set(self, keys: KeySet) -> None:
        """Add or replace a set of three."""
        for kid, key in zip(SET_IDS, (keys.enc, keys.mac, keys.dek), strict=True):
            self.put(keys.kvn, kid, key)

    def delete(self, kvn: int, kid: int) -> None:
        """Remove a key; KeyError if there is none."""
        del self._section[_name(kvn, kid)]

    def find(self, kvn: int | None = None, kid: int | None = None) -> list[tuple[int, int]]:
        """The references of all keys of a version, an identifier, or both."""
        return [
            (version, number)
            for version, number in self
            if kvn in (None, version) and kid in (None, number)
        ]

    def sets(self) -> Iterator[KeySet]:
        """Each version that has the three keys of one block cipher, in order."""
        for kvn in dict.fromkeys(version for version, _ in self):
            keys = [self.get(kvn, kid) for kid in SET_IDS]
            enc, mac, dek = keys
            if enc is None or mac is None or dek is None:
                continue
            if enc.kind in (KeyType.DES, KeyType.AES) and enc.kind == mac.kind == dek.kind:
                yield KeySet(kvn, enc, mac, dek)


def _name(kvn: int, kid: int) -> str:
    return f"{kvn:02X}-{kid:02X}"
