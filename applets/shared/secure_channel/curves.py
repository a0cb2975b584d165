"""Elliptic curves by key parameter reference, and the coding of keys in commands.

Spec: GlobalPlatform Card Specification 2.3.1, B.4.1 (curves); Amendment F, 4.3 (curves and hashes).
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .keys import Key, KeyType

CURVES: dict[int, ec.EllipticCurve] = {
    0x00: ec.SECP256R1(),
    0x01: ec.SECP384R1(),
    0x02: ec.SECP521R1(),
    0x03: ec.BrainpoolP256R1(),
    0x05: ec.BrainpoolP384R1(),
    0x07: ec.BrainpoolP512R1(),
}


def hash_of(curve: ec.EllipticCurve) -> hashes.HashAlgorithm:
    """The hash for key derivation with keys on a curve, as strong as the curve."""
    if curve.key_size <= 256:
        return hashes.SHA256()
    return hashes.SHA384() if curve.key_size <= 384 else hashes.SHA512()


def private_key(key: Key) -> ec.EllipticCurvePrivateKey:
    """The private key of a key pair; ValueError for an unknown curve or a wrong scalar."""
    if key.kind is not KeyType.EC_PRIVATE:
        raise ValueError(f"a key of type {key.kind:02X} is no private EC key")
    return ec.derive_private_key(int.from_bytes(key.value, "big"), _curve(key.curve))


def public_key(point: bytes, curve: int) -> ec.EllipticCurvePublicKey:
    """The public key at a point (04 X Y); ValueError if it is not on the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(_curve(curve), point)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The point of a public key, uncompressed."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def generate(curve: int) -> tuple[Key, bytes]:
    """Make a key pair: the private key to store, and the point of the public one."""
    pair = ec.generate_private_key(_curve(curve))
    size = (pair.key_size + 7) // 8
    scalar = pair.private_numbers().private_value.to_bytes(size, "big")
    return Key(KeyType.EC_PRIVATE, scalar, curve), point_of(pair.public_key())


def _curve(parameter: int) -> ec.EllipticCurve:
    if parameter not in CURVES:
        raise ValueError(f"no curve has the parameter {parameter:02X}")
    return CURVES[parameter]
