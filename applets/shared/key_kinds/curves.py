"""Keys on elliptic curves: ECDSA and ECDH, Ed25519, X25519.

Spec: FIPS 186-5, 6 (ECDSA), 7 (EdDSA); SP 800-56A, 5.7.1.2 (ECDH); RFC 5639 (brainpool); SEC 2;
RFC 7748 (X25519).
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from .kind import PrivateKey

LONGEST_DIGEST = 64


@dataclass(frozen=True, slots=True)
class EllipticCurve:
    """ECDSA and ECDH on one curve; digests are truncated or padded to the size of `digest`."""

    name: str
    curve: ec.EllipticCurve
    digest: hashes.HashAlgorithm

    @property
    def size(self) -> int:
        """The length of a coordinate, and of r and s, in bytes."""
        return (self.curve.key_size + 7) // 8

    def generate(self) -> PrivateKey:
        """Make a new key pair."""
        return ec.generate_private_key(self.curve)

    def build(self, secret: bytes) -> PrivateKey:
        """Import a key from its private number, big-endian; ValueError if it is out of range."""
        return ec.derive_private_key(int.from_bytes(secret, "big"), self.curve)

    def sign(self, key: PrivateKey, data: bytes) -> bytes:
        """Sign a digest of 1..64 bytes, else ValueError; the signature is DER (see `fixed`)."""
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        size = self.digest.digest_size
        if not 1 <= len(data) <= LONGEST_DIGEST:
            raise ValueError(f"a digest has 1..{LONGEST_DIGEST} bytes, not {len(data)}")
        # ECDSA uses the leftmost bits of a digest; leading zeros do not change a shorter one.
        return key.sign(data[:size].rjust(size, b"\0"), ec.ECDSA(Prehashed(self.digest)))

    def fixed(self, signature: bytes) -> bytes:
        """Convert a DER signature to r and s of `size` bytes each, as OpenPGP cards answer."""
        r, s = decode_dss_signature(signature)
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")

    def decipher(self, key: PrivateKey, cryptogram: bytes) -> bytes:
        """Decipher by key agreement: the cryptogram is the sender's ephemeral point."""
        return self.agree(key, cryptogram)

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """Multiply an uncompressed point (04, X, Y); `size` bytes, the X coordinate.

        ValueError if the point is not on the curve.
        """
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        other = ec.EllipticCurvePublicKey.from_encoded_point(self.curve, point)
        return key.exchange(ec.ECDH(), other)


@dataclass(frozen=True, slots=True)
class Ed25519:
    """Signatures of whole messages."""

    name: str = "Ed25519"

    def generate(self) -> PrivateKey:
        """Make a new key pair."""
        return ed25519.Ed25519PrivateKey.generate()

    def build(self, secret: bytes) -> PrivateKey:
        """Import a key from its seed, 32 bytes; else ValueError."""
        return ed25519.Ed25519PrivateKey.from_private_bytes(secret)

    def sign(self, key: PrivateKey, data: bytes) -> bytes:
        """Sign a message of any length; 64 bytes."""
        assert isinstance(key, ed25519.Ed25519PrivateKey)
        return key.sign(data)

    def decipher(self, key: PrivateKey, cryptogram: bytes) -> bytes:  # noqa: ARG002 - KeyKind's shape
        """Raise ValueError: Ed25519 signs only."""
        raise ValueError("Ed25519 signs only")

    def agree(self, key: PrivateKey, point: bytes) -> bytes:  # noqa: ARG002 - KeyKind's shape
        """Raise ValueError: Ed25519 signs only."""
        raise ValueError("Ed25519 signs only")


@dataclass(frozen=True, slots=True)
class X25519:
    """Key agreement."""

    name: str = "X25519"

    def generate(self) -> PrivateKey:
        """Make a new key pair."""
        return x25519.X25519PrivateKey.generate()

    def build(self, secret: bytes) -> PrivateKey:
        """Import a key from its scalar, 32 bytes, little-endian as in RFC 7748."""
        return x25519.X25519PrivateKey.from_private_bytes(secret)

    def sign(self, key: PrivateKey, data: bytes) -> bytes:  # noqa: ARG002 - KeyKind's shape
        """Raise ValueError: X25519 only agrees on keys."""
        raise ValueError("X25519 only agrees on keys")

    def decipher(self, key: PrivateKey, cryptogram: bytes) -> bytes:
        """Decipher by key agreement: the cryptogram is the sender's ephemeral point."""
        return self.agree(key, cryptogram)

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """Compute the shared secret, 32 bytes; ValueError for points of small order."""
        assert isinstance(key, x25519.X25519PrivateKey)
        return key.exchange(x25519.X25519PublicKey.from_public_bytes(point))


CURVES = (
    EllipticCurve("P-256", ec.SECP256R1(), hashes.SHA256()),
    EllipticCurve("P-384", ec.SECP384R1(), hashes.SHA384()),
    EllipticCurve("P-521", ec.SECP521R1(), hashes.SHA512()),
    EllipticCurve("brainpoolP256r1", ec.BrainpoolP256R1(), hashes.SHA256()),
    EllipticCurve("brainpoolP384r1", ec.BrainpoolP384R1(), hashes.SHA384()),
    EllipticCurve("brainpoolP512r1", ec.BrainpoolP512R1(), hashes.SHA512()),
    EllipticCurve("secp256k1", ec.SECP256K1(), hashes.SHA256()),
)
"""The curves for ECDSA and ECDH."""
