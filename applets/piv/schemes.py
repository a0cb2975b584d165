"""What a private key can do: one scheme for each asymmetric algorithm, in one table.

A scheme knows how keys of its algorithm are made, read from an import, shown in public and
used. It knows nothing of slots, PINs or commands. Every ValueError here is the host's fault.

Spec: NIST SP 800-73-4, part 2, 3.2.4 and 3.3.2 (public key templates); SP 800-78-4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vcard.tlv import tlv

from .codes import Algorithm
from .rsa import private_operation

PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | x25519.X25519PrivateKey
)
PublicKey = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | x25519.X25519PublicKey
)
Parts = Mapping[int, bytes]
"""The fields of an imported key by tag: 01..05 the RSA primes and CRT values, 06..08 scalars."""

MODULUS, EXPONENT, POINT = 0x81, 0x82, 0x86
PUBLIC_EXPONENT = 65537


class Scheme(Protocol):
    """What one algorithm does with its keys."""

    def generate(self) -> PrivateKey:
        """A new key pair."""

    def build(self, parts: Parts) -> PrivateKey:
        """The key made of imported parts; ValueError if they are not one."""

    def public(self, key: PublicKey) -> bytes:
        """The content of the public key template (7F49)."""

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:
        """Sign or decipher a challenge (tag 81)."""

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """The shared secret with another party's public key (tag 85)."""


@dataclass(frozen=True, slots=True)
class Rsa:
    """RSA of `bits` bits, exponent 65537."""

    bits: int

    def generate(self) -> PrivateKey:
        """A new key pair (RSA 4096 takes seconds)."""
        return rsa.generate_private_key(PUBLIC_EXPONENT, self.bits)

    def build(self, parts: Parts) -> PrivateKey:
        """From p (01), q (02) and, if given, dP (03), dQ (04), qInv (05)."""
        p, q = _number(parts, 1), _number(parts, 2)
        if (p * q).bit_length() != self.bits:
            raise ValueError(f"p and q do not make a modulus of {self.bits} bits")
        d = rsa.rsa_recover_private_exponent(PUBLIC_EXPONENT, p, q)
        crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
        if any(tag in parts and _number(parts, tag) != crt[tag - 3] for tag in (3, 4, 5)):
            raise ValueError("the CRT values do not fit p and q")
        numbers = rsa.RSAPublicNumbers(PUBLIC_EXPONENT, p * q)
        return rsa.RSAPrivateNumbers(p, q, d, *crt, numbers).private_key()

    def public(self, key: PublicKey) -> bytes:
        """Modulus (81) and exponent (82)."""
        assert isinstance(key, rsa.RSAPublicKey)
        numbers = key.public_numbers()
        exponent = numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")
        return tlv(MODULUS, numbers.n.to_bytes(self.bits // 8, "big")) + tlv(EXPONENT, exponent)

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:
        """The private key operation on a padded block."""
        assert isinstance(key, rsa.RSAPrivateKey)
        return private_operation(key, challenge)

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """Some hosts decipher with the tag of key agreement."""
        return self.respond(key, point)


@dataclass(frozen=True, slots=True)
class EllipticCurve:
    """ECDSA and ECDH on a NIST curve; digests are cut or filled to the size of the order."""

    curve: ec.EllipticCurve
    digest: hashes.HashAlgorithm

    def generate(self) -> PrivateKey:
        """A new key pair."""
        return ec.generate_private_key(self.curve)

    def build(self, parts: Parts) -> PrivateKey:
        """From the private scalar (06)."""
        return ec.derive_private_key(_number(parts, 6), self.curve)

    def public(self, key: PublicKey) -> bytes:
        """The uncompressed point (86)."""
        return tlv(POINT, key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:
        """The DER ECDSA signature of a digest (1..64 bytes)."""
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        size = self.digest.digest_size
        if not 1 <= len(challenge) <= 64:
            raise ValueError(f"a digest has 1..64 bytes, not {len(challenge)}")
        digest = challenge[:size].rjust(size, b"\0")
        return key.sign(digest, ec.ECDSA(Prehashed(self.digest)))

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """The X coordinate of the product with an uncompressed point on the curve."""
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        other = ec.EllipticCurvePublicKey.from_encoded_point(self.curve, point)
        return key.exchange(ec.ECDH(), other)


@dataclass(frozen=True, slots=True)
class Ed25519:
    """Signatures of whole messages."""

    def generate(self) -> PrivateKey:
        """A new key pair."""
        return ed25519.Ed25519PrivateKey.generate()

    def build(self, parts: Parts) -> PrivateKey:
        """From the seed (07, 32 bytes)."""
        return ed25519.Ed25519PrivateKey.from_private_bytes(_field(parts, 7))

    def public(self, key: PublicKey) -> bytes:
        """The 32 bytes of the point (86)."""
        return tlv(POINT, key.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:
        """The signature of a message of any length."""
        assert isinstance(key, ed25519.Ed25519PrivateKey)
        return key.sign(challenge)

    def agree(self, key: PrivateKey, point: bytes) -> bytes:  # noqa: ARG002 - Scheme's shape
        """Not for this algorithm."""
        raise ValueError("Ed25519 signs only")


@dataclass(frozen=True, slots=True)
class X25519:
    """Key agreement."""

    def generate(self) -> PrivateKey:
        """A new key pair."""
        return x25519.X25519PrivateKey.generate()

    def build(self, parts: Parts) -> PrivateKey:
        """From the scalar (08, 32 bytes)."""
        return x25519.X25519PrivateKey.from_private_bytes(_field(parts, 8))

    def public(self, key: PublicKey) -> bytes:
        """The 32 bytes of the public value (86)."""
        return tlv(POINT, key.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def respond(self, key: PrivateKey, challenge: bytes) -> bytes:  # noqa: ARG002 - Scheme's shape
        """Not for this algorithm."""
        raise ValueError("X25519 only agrees on keys")

    def agree(self, key: PrivateKey, point: bytes) -> bytes:
        """The shared secret; ValueError for points of small order."""
        assert isinstance(key, x25519.X25519PrivateKey)
        return key.exchange(x25519.X25519PublicKey.from_public_bytes(point))


SCHEMES: dict[Algorithm, Scheme] = {
    Algorithm.RSA_1024: Rsa(1024),
    Algorithm.RSA_2048: Rsa(2048),
    Algorithm.RSA_3072: Rsa(3072),
    Algorithm.RSA_4096: Rsa(4096),
    Algorithm.P256: EllipticCurve(ec.SECP256R1(), hashes.SHA256()),
    Algorithm.P384: EllipticCurve(ec.SECP384R1(), hashes.SHA384()),
    Algorithm.ED25519: Ed25519(),
    Algorithm.X25519: X25519(),
}


def algorithm_of(key: PrivateKey | PublicKey) -> Algorithm:
    """The algorithm identifier of a key; ValueError if PIV has none for it."""
    kinds = {
        (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey): Algorithm.ED25519,
        (x25519.X25519PrivateKey, x25519.X25519PublicKey): Algorithm.X25519,
    }
    for kind, algorithm in kinds.items():
        if isinstance(key, kind):
            return algorithm
    size = getattr(key, "key_size", 0)
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        name = f"RSA_{size}"
    else:
        curve = getattr(getattr(key, "curve", None), "name", "")
        name = {"secp256r1": "P256", "secp384r1": "P384"}.get(curve, curve or type(key).__name__)
    if name not in Algorithm.__members__:
        raise ValueError(f"PIV has no algorithm for {name} keys")
    return Algorithm[name]


def _field(parts: Parts, tag: int) -> bytes:
    if tag not in parts:
        raise ValueError(f"the part {tag:02X} of the key is missing")
    return parts[tag]


def _number(parts: Parts, tag: int) -> int:
    return int.from_bytes(_field(parts, tag), "big")
