"""The operations of a private key: one scheme for each asymmetric algorithm of PIV, in one table.

A scheme maps an algorithm identifier to a kind of key, and to the operations that PIV's commands
need. It knows nothing of slots, PINs or commands. Every ValueError here is the host's fault.

Spec: NIST SP 800-73-4, part 2, 3.2.4 and 3.3.2 (public key templates); SP 800-78-4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from applets.shared.key_kinds import (
    KINDS,
    X25519,
    Ed25519,
    EllipticCurve,
    KeyKind,
    PrivateKey,
    PublicKey,
    Rsa,
    kind_of,
)

from .codes import Algorithm

Parts = Mapping[int, bytes]
"""The fields of an imported key by tag: 01..05 the RSA primes and CRT values, 06..08 scalars."""

P, Q = 1, 2
CRT = {3: "dp", 4: "dq", 5: "qinv"}


class Scheme(Protocol):
    """The operations of one algorithm."""

    @property
    def kind(self) -> KeyKind:
        """The kind of key."""

    def build(self, parts: Parts) -> PrivateKey:
        """Make a key from imported parts; ValueError if they do not form one."""

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:
        """Sign or decipher a challenge (tag 81)."""

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """The shared secret with another party's public key (tag 85)."""


@dataclass(frozen=True, slots=True)
class RsaScheme:
    """RSA on blocks that the host has padded."""

    kind: Rsa

    def build(self, parts: Parts) -> PrivateKey:
        """Import a key from p (01), q (02) and, if given, dP (03), dQ (04), qInv (05)."""
        crt = {name: parts[tag] for tag, name in CRT.items() if tag in parts}
        return self.kind.build(_field(parts, P), _field(parts, Q), crt=crt)

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:
        """Apply the private key to a padded block."""
        return self.kind.raw(key, challenge)

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """Decipher: some hosts use the tag of key agreement for that."""
        return self.kind.raw(key, point)


@dataclass(frozen=True, slots=True)
class CurveScheme:
    """Keys on a curve, imported as the private number with tag `secret`."""

    kind: EllipticCurve | Ed25519 | X25519
    secret: int

    def build(self, parts: Parts) -> PrivateKey:
        """Import a key from its scalar (06, 08) or seed (07); ValueError for a wrong length."""
        secret = _field(parts, self.secret)
        if isinstance(self.kind, EllipticCurve) and len(secret) != self.kind.size:
            raise ValueError(f"the private number has {self.kind.size} bytes, not {len(secret)}")
        return self.kind.build(secret)

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:
        """Sign a digest, or a whole message with Ed25519."""
        return self.kind.sign(key, challenge)

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """Return the X coordinate of the product with an uncompressed point, or X25519's secret."""
        return self.kind.agree(key, point)


def _scheme(name: str) -> Scheme:
    kind = KINDS[name]
    if isinstance(kind, Rsa):
        return RsaScheme(kind)
    assert isinstance(kind, EllipticCurve | Ed25519 | X25519)
    return CurveScheme(kind, {"Ed25519": 7, "X25519": 8}.get(name, 6))


SCHEMES: dict[Algorithm, Scheme] = {
    Algorithm.RSA_1024: _scheme("RSA-1024"),
    Algorithm.RSA_2048: _scheme("RSA-2048"),
    Algorithm.RSA_3072: _scheme("RSA-3072"),
    Algorithm.RSA_4096: _scheme("RSA-4096"),
    Algorithm.P256: _scheme("P-256"),
    Algorithm.P384: _scheme("P-384"),
    Algorithm.ED25519: _scheme("Ed25519"),
    Algorithm.X25519: _scheme("X25519"),
}
_ALGORITHMS = {scheme.kind.name: algorithm for algorithm, scheme in SCHEMES.items()}


def algorithm_of(key: PrivateKey | PublicKey) -> Algorithm:
    """Return the algorithm identifier of a key; ValueError if PIV has none for it."""
    try:
        name = kind_of(key).name
    except ValueError as error:
        raise ValueError(f"PIV has no algorithm for this key: {error}") from None
    if name not in _ALGORITHMS:
        raise ValueError(f"PIV has no algorithm for {name} keys")
    return _ALGORITHMS[name]


def generate(algorithm: Algorithm) -> PrivateKey:
    """Make a new key pair of an algorithm."""
    return SCHEMES[algorithm].kind.generate()


def _field(parts: Parts, tag: int) -> bytes:
    if tag not in parts:
        raise ValueError(f"the part {tag:02X} of the key is missing")
    return parts[tag]
