"""Private keys in a card's memory, each with its attributes, as one value.

Private keys are stored and used here; no command returns one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from vcard import Memory, Section, Value
from vcard.memory import all_parts

from .kind import KeyKind, PrivateKey, PublicKey
from .table import kind_of


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A private key, and its metadata on the card: algorithm, origin, policies, ...

    `facts` are numbers in an order that the card defines. The repr shows no key.
    """

    key: PrivateKey = field(repr=False)
    facts: tuple[int, ...] = ()
    kind: KeyKind = field(init=False, repr=False, compare=False)
    """The operations of the key: computed once, since each use needs them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", kind_of(self.key))

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self.key.public_key()


class KeyStore:
    """Private keys by name (of a slot, or a reference), in a part of the card's memory.

    A value is the tuple (*facts, PKCS #8 DER): key and policies change together or not at all.
    """

    def __init__(self, memory: Memory | Section) -> None:
        self._memory = memory
        self._parsed: dict[str, tuple[Value, KeptKey]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._memory

    def __iter__(self) -> Iterator[str]:
        return iter(self._memory)

    def get(self, name: str) -> KeptKey | None:
        """Return the key of a name, or None. Each value is parsed once."""
        value = self._memory.get(name)
        if value is None:
            return None
        known = self._parsed.get(name)
        if known is None or known[0] is not value:
            known = self._parsed[name] = value, _unpack(value)
        return known[1]

    def put(self, name: str, key: PrivateKey, *facts: int) -> None:
        """Store a key and its facts, replacing an earlier one of that name."""
        raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._memory[name] = (*map(int, facts), raw)

    def delete(self, name: str) -> None:
        """Delete a key; KeyError if there is none."""
        del self._memory[name]

    def move(self, source: str, target: str) -> None:
        """Rename a key, replacing one of the new name; KeyError if there is no source."""
        self._memory[target] = self._memory[source]
        del self._memory[source]


def _unpack(value: Value) -> KeptKey:
    *facts, raw = all_parts(value)
    # The key was checked when it was stored; checking RSA primes again costs 50 to 350 ms.
    key = load_der_private_key(raw, None, unsafe_skip_rsa_key_validation=True)  # type: ignore[arg-type]  # bytes, as `put` wrote it
    return KeptKey(key, tuple(facts))  # type: ignore[arg-type]  # `put` keeps such keys and numbers
