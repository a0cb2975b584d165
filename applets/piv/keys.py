"""The key pairs on the card: where they lie in the memory, and what is known of them.

Private keys come in here and are used here; nothing gives one out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from vcard import Section

from .codes import Algorithm, Origin, PinPolicy, Slot, TouchPolicy, pin_policy
from .schemes import SCHEMES, Parts, PrivateKey, PublicKey, Scheme, algorithm_of


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key with what the card knows of it. Its repr shows no key."""

    key: PrivateKey
    algorithm: Algorithm
    origin: Origin = Origin.IMPORTED
    pin_policy: PinPolicy = PinPolicy.ONCE
    touch_policy: TouchPolicy = TouchPolicy.NEVER

    @property
    def scheme(self) -> Scheme:
        """What the key can do."""
        return SCHEMES[self.algorithm]

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self.key.public_key()

    @property
    def public(self) -> bytes:
        """The content of the public key template (7F49)."""
        return self.scheme.public(self.public_key)

    def __repr__(self) -> str:
        return f"<KeyPair {self.algorithm.name} {self.origin.name}>"


class KeyStore:
    """Key pairs by slot, in a part of the card's memory.

    A slot's value is a tuple (algorithm, origin, PIN policy, touch policy, PKCS #8 DER).
    """

    def __init__(self, memory: Section) -> None:
        self._memory = memory
        self._loaded: dict[Slot, tuple[object, KeyPair]] = {}

    def __contains__(self, slot: Slot) -> bool:
        return slot.name in self._memory

    def __iter__(self) -> Iterator[Slot]:
        return (slot for slot in Slot if slot in self)

    def get(self, slot: Slot) -> KeyPair | None:
        """The key pair of a slot, or None. Parsing is done once for each value."""
        value = self._memory.get(slot.name)
        if value is None:
            return None
        known = self._loaded.get(slot)
        if known is None or known[0] is not value:
            known = self._loaded[slot] = value, _unpack(value)
        return known[1]

    def put(self, slot: Slot, pair: KeyPair) -> None:
        """Keep a key pair, in place of the one that was there."""
        raw = pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._memory[slot.name] = (
            int(pair.algorithm),
            int(pair.origin),
            int(pair.pin_policy),
            int(pair.touch_policy),
            raw,
        )

    def add(self, slot: Slot, key: PrivateKey, origin: Origin = Origin.IMPORTED) -> KeyPair:
        """Keep a key with the standard's policies; ValueError if PIV has no such algorithm."""
        pair = KeyPair(key, algorithm_of(key), origin, pin_policy(slot))
        self.put(slot, pair)
        return pair

    def generate(
        self, slot: Slot, algorithm: Algorithm, pin: PinPolicy, touch: TouchPolicy
    ) -> KeyPair:
        """Make and keep a new key pair."""
        key = SCHEMES[algorithm].generate()
        return self._keep(slot, KeyPair(key, algorithm, Origin.GENERATED, pin, touch))

    def build(
        self,
        slot: Slot,
        algorithm: Algorithm,
        parts: Parts,
        policies: tuple[PinPolicy, TouchPolicy],
    ) -> KeyPair:
        """Keep a key made of imported parts; ValueError if they are not one."""
        key = SCHEMES[algorithm].build(parts)
        return self._keep(slot, KeyPair(key, algorithm, Origin.IMPORTED, *policies))

    def delete(self, slot: Slot) -> None:
        """Forget the key pair of a slot; KeyError if there is none."""
        del self._memory[slot.name]

    def move(self, source: Slot, target: Slot) -> None:
        """Put a key pair into another slot; KeyError if there is none."""
        self._memory[target.name] = self._memory[source.name]
        del self._memory[source.name]

    def _keep(self, slot: Slot, pair: KeyPair) -> KeyPair:
        if pair.pin_policy is PinPolicy.DEFAULT:
            pair = replace(pair, pin_policy=pin_policy(slot))
        if pair.touch_policy is TouchPolicy.DEFAULT:
            pair = replace(pair, touch_policy=TouchPolicy.NEVER)
        self.put(slot, pair)
        return pair


def _unpack(value: object) -> KeyPair:
    assert isinstance(value, tuple)
    algorithm, origin, pin, touch, raw = value
    # The key was checked when it came in; checking RSA primes again costs 50 to 350 ms.
    key = load_der_private_key(raw, None, unsafe_skip_rsa_key_validation=True)
    return KeyPair(
        key,  # type: ignore[arg-type]  # only keys of SCHEMES are kept
        Algorithm(algorithm),
        Origin(origin),
        PinPolicy(pin),
        TouchPolicy(touch),
    )
