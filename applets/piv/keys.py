"""The key pairs of the slots, with their metadata.

Private keys are stored and used here; no command returns one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from applets.shared.key_kinds import KeptKey, PrivateKey, PublicKey, public_objects
from applets.shared.key_kinds import KeyStore as KeysByName
from vcard import Section

from .algorithms import SCHEMES, Parts, Scheme, algorithm_of, generate
from .codes import Algorithm, Origin, PinPolicy, Policies, Slot, TouchPolicy, pin_policy

BY_SLOT: Policies = (PinPolicy.DEFAULT, TouchPolicy.DEFAULT)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key with its metadata. The repr shows no key."""

    key: PrivateKey = field(repr=False)
    algorithm: Algorithm
    origin: Origin = Origin.IMPORTED
    pin_policy: PinPolicy = PinPolicy.ONCE
    touch_policy: TouchPolicy = TouchPolicy.NEVER

    @classmethod
    def of(cls, kept: KeptKey) -> KeyPair:
        """Restore a pair from a stored key, whose facts are those of `facts`."""
        algorithm, origin, pin, touch = kept.facts
        return cls(
            kept.key, Algorithm(algorithm), Origin(origin), PinPolicy(pin), TouchPolicy(touch)
        )

    @property
    def facts(self) -> tuple[int, ...]:
        """The metadata that the memory stores beside the key."""
        return self.algorithm, self.origin, self.pin_policy, self.touch_policy

    @property
    def scheme(self) -> Scheme:
        """The operations of the key."""
        return SCHEMES[self.algorithm]

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self.key.public_key()

    @property
    def public(self) -> bytes:
        """The content of the public key template (7F49)."""
        return public_objects(self.public_key)

    def __repr__(self) -> str:
        return f"<KeyPair {self.algorithm.name} {self.origin.name}>"


class KeyStore:
    """Key pairs by slot, in a part of the card's memory.

    A slot's value is a tuple (algorithm, origin, PIN policy, touch policy, PKCS #8 DER).
    """

    def __init__(self, memory: Section) -> None:
        self._keys = KeysByName(memory)

    def __contains__(self, slot: Slot) -> bool:
        return slot.name in self._keys

    def __iter__(self) -> Iterator[Slot]:
        return (slot for slot in Slot if slot in self)

    def get(self, slot: Slot) -> KeyPair | None:
        """The key pair of a slot, or None. Parsing is done once for each value."""
        kept = self._keys.get(slot.name)
        return None if kept is None else KeyPair.of(kept)

    def put(self, slot: Slot, pair: KeyPair) -> None:
        """Store a key pair, replacing the slot's earlier one."""
        self._keys.put(slot.name, pair.key, *pair.facts)

    def add(
        self,
        slot: Slot,
        key: PrivateKey,
        origin: Origin = Origin.IMPORTED,
        policies: Policies = BY_SLOT,
    ) -> KeyPair:
        """Store a key, with the standard's policies by default.

        ValueError if PIV has no such algorithm.
        """
        return self._keep(slot, KeyPair(key, algorithm_of(key), origin, *policies))

    def generate(
        self, slot: Slot, algorithm: Algorithm, pin: PinPolicy, touch: TouchPolicy
    ) -> KeyPair:
        """Make and store a new key pair."""
        key = generate(algorithm)
        return self._keep(slot, KeyPair(key, algorithm, Origin.GENERATED, pin, touch))

    def build(
        self,
        slot: Slot,
        algorithm: Algorithm,
        parts: Parts,
        policies: Policies,
    ) -> KeyPair:
        """Make and store a key from imported parts; ValueError if they do not form one."""
        key = SCHEMES[algorithm].build(parts)
        return self._keep(slot, KeyPair(key, algorithm, Origin.IMPORTED, *policies))

    def delete(self, slot: Slot) -> None:
        """Delete the key pair of a slot; KeyError if there is none."""
        self._keys.delete(slot.name)

    def move(self, source: Slot, target: Slot) -> None:
        """Move a key pair to another slot; KeyError if there is none."""
        self._keys.move(source.name, target.name)

    def _keep(self, slot: Slot, pair: KeyPair) -> KeyPair:
        if pair.pin_policy is PinPolicy.DEFAULT:
            pair = replace(pair, pin_policy=pin_policy(slot))
        if pair.touch_policy is TouchPolicy.DEFAULT:
            pair = replace(pair, touch_policy=TouchPolicy.NEVER)
        self.put(slot, pair)
        return pair
