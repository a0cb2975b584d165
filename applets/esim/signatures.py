"""ECDSA signatures with SHA-256 in plain format: r and s, 32 bytes each.

Spec: GSMA SGP.22, 2.6.7.2; BSI TR-03111, 5.2.1 (plain format).
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from vcard import tlv

HALF = 32
SIGNATURE = 0x5F37


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """Sign `data`; 64 bytes."""
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")


def signature_object(key: ec.EllipticCurvePrivateKey, data: bytes, *, behind: bytes = b"") -> bytes:
    """Return the data object 5F37 with a signature of `data` followed by `behind`."""
    return tlv(SIGNATURE, sign(key, data + behind))


def verified(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> bool:
    """Verify a signature; False if it is wrong or not 64 bytes long."""
    if len(signature) != 2 * HALF:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:HALF], signature[HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
