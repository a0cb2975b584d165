"""One-time passwords: how credentials are stored and computed.

Spec: RFC 4226, 5.3 (HOTP, dynamic truncation); RFC 6238 (TOTP).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from vcard import SW, Section, Value
from vcard.memory import parts

HOTP, TOTP = 0x10, 0x20
HASHES = {1: hashlib.sha1, 2: hashlib.sha256, 3: hashlib.sha512}
LONGEST_NAME, SHORTEST_KEY = 64, 14
_TYPE, _ALGORITHM = 0xF0, 0x0F
_DIGITS = range(6, 9)
_LAST_COUNT = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret with a name. `kind` is type and hash; `counter` is HOTP's moving factor.

    ValueError if the type, hash, number of digits or length of the key is invalid.
    """

    name: bytes
    kind: int
    digits: int
    key: bytes = field(repr=False)
    touch: bool = False
    counter: int = 0

    def __post_init__(self) -> None:
        if self.kind & _TYPE not in (HOTP, TOTP) or self.kind & _ALGORITHM not in HASHES:
            raise ValueError(f"no type and hash {self.kind:02X}")
        if self.digits not in _DIGITS:
            raise ValueError(f"{self.digits} digits")
        if self.counter > _LAST_COUNT:
            raise ValueError("a counter has up to 8 bytes")
        if not 1 <= len(self.name) <= LONGEST_NAME or len(self.key) < SHORTEST_KEY:
            raise ValueError("the name or the key has a wrong length")

    @property
    def counts(self) -> bool:
        """Whether the credential is HOTP."""
        return self.kind & _TYPE == HOTP

    def compute(self, challenge: bytes) -> bytes:
        """Compute the whole HMAC of a challenge, or of the counter."""
        message = self.counter.to_bytes(8, "big") if self.counts else challenge
        return hmac_of(self.kind, self.key, message)


def hmac_of(kind: int, key: bytes, message: bytes) -> bytes:
    """Compute an HMAC with the hash that a type byte names."""
    return hmac.digest(key, message, HASHES[kind & _ALGORITHM]().name)


def truncated(mac: bytes) -> bytes:
    """Truncate an HMAC to the four bytes that the digits are computed from. Spec: RFC 4226, 5.3."""
    at = mac[-1] & 0x0F
    return (int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF).to_bytes(4, "big")


class Credentials:
    """Credentials by name, `limit` at most, in a section of the card's memory."""

    def __init__(self, memory: Section, limit: int) -> None:
        self._memory = memory
        self._limit = limit

    def __iter__(self) -> Iterator[Credential]:
        return (_unpack(bytes.fromhex(name), self._memory[name]) for name in self._memory)

    def get(self, name: bytes) -> Credential:
        """Return the credential with a name; raises 6984 if there is none."""
        if name.hex() not in self._memory:
            raise SW.REFERENCE_DATA_NOT_USABLE
        return _unpack(name, self._memory[name.hex()])

    def put(self, one: Credential) -> None:
        """Store a credential, replacing one of the same name; raises 6A84 if the memory is full."""
        if one.name.hex() not in self._memory and len(self._memory) >= self._limit:
            raise SW.NOT_ENOUGH_MEMORY
        self._memory[one.name.hex()] = (one.kind, one.digits, one.key, one.touch, one.counter)

    def delete(self, name: bytes) -> None:
        """Delete a credential; raises 6984 if there is none."""
        self.get(name)
        del self._memory[name.hex()]

    def rename(self, old: bytes, new: bytes) -> None:
        """Rename a credential; raises 6984 if it does not exist or the new name does."""
        one = self.get(old)
        if new.hex() in self._memory:
            raise SW.REFERENCE_DATA_NOT_USABLE
        renamed = replace(one, name=new)
        self.delete(old)
        self.put(renamed)

    def use(self, one: Credential, challenge: bytes) -> bytes:
        """Compute the HMAC; increment the counter of a HOTP credential."""
        mac = one.compute(challenge)
        if one.counts:
            self.put(replace(one, counter=(one.counter + 1) & _LAST_COUNT))
        return mac

    def clear(self) -> None:
        """Delete all credentials."""
        self._memory.clear()


def _unpack(name: bytes, value: Value) -> Credential:
    kind, digits, key, touch, counter = parts(value, int, int, bytes, int, int)
    return Credential(name, kind, digits, key, bool(touch), counter)
