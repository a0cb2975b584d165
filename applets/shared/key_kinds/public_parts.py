"""The public half of a key as data objects: the content of the public key template 7F49.

Spec: ISO/IEC 7816-8 (public key template 7F49 and its data objects).
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vcard import tlv

from .kind import PublicKey

MODULUS, EXPONENT, POINT = 0x81, 0x82, 0x86


def public_parts(key: PublicKey) -> dict[int, bytes]:
    """Return the numbers of a public key by tag.

    RSA has the modulus (81, as long as the key) and the exponent (82, without leading zeros); a
    curve has the point (86): 04, X, Y, or the 32 bytes of Ed25519 and X25519.
    """
    if isinstance(key, rsa.RSAPublicKey):
        numbers, size = key.public_numbers(), (key.key_size + 7) // 8
        exponent = numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")
        return {MODULUS: numbers.n.to_bytes(size, "big"), EXPONENT: exponent}
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {POINT: key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)}
    return {POINT: key.public_bytes(Encoding.Raw, PublicFormat.Raw)}


def public_objects(key: PublicKey) -> bytes:
    """Encode the parts of a public key as data objects, in the order of their tags."""
    return b"".join(tlv(tag, value) for tag, value in public_parts(key).items())
