"""The operations of every kind of key.

Keys are objects of `cryptography`; a kind holds no key.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519

PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | x25519.X25519PrivateKey
)
PublicKey = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | x25519.X25519PublicKey
)


class KeyKind(Protocol):
    """One kind of key. An operation that the kind lacks raises ValueError."""

    @property
    def name(self) -> str:
        """The usual name: RSA-2048, P-256, Ed25519."""

    def generate(self) -> PrivateKey:
        """Make a new key pair."""

    def sign(self, key: PrivateKey, data: bytes) -> bytes:
        """Sign a digest, a DigestInfo or a message, depending on the kind."""

    def decipher(self, key: PrivateKey, cryptogram: bytes) -> bytes:
        """Decipher, and remove the padding."""

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """Compute the shared secret with another party's public point."""
