"""The protection schemes: null, and ECIES with the profiles A (X25519) and B (P-256).

Spec: 3GPP TS 33.501, annex C.3; SEC 1, 5.1.3 (ECIES); ANSI X9.63 (key derivation).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class SchemeId(IntEnum):
    """Protection scheme identifiers. Spec: 3GPP TS 33.501, annex C.1."""

    NULL = 0
    PROFILE_A = 1
    PROFILE_B = 2


_KEY, _BLOCK, _MAC_KEY, _TAG = 16, 16, 32, 8
Agreement = tuple[bytes, bytes]
"""The ephemeral public key in its encoded form, and the shared secret."""


def conceal(
    scheme: SchemeId,
    public: bytes,
    plain: bytes,
    ephemeral: X25519PrivateKey | EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Compute the scheme output for a plain identifier.

    `public` is the home network's key: 32 bytes for profile A, a point of P-256 for B (compressed
    or not). `ephemeral` is for test vectors. ValueError if the key does not fit the scheme.
    """
    if scheme is SchemeId.NULL:
        return plain
    sent, shared = _AGREEMENTS[scheme](public, ephemeral)
    derived = X963KDF(hashes.SHA256(), _KEY + _BLOCK + _MAC_KEY, sent).derive(shared)
    key, counter = derived[:_KEY], derived[_KEY : _KEY + _BLOCK]
    cipher = Cipher(AES(key), CTR(counter)).encryptor().update(plain)
    mac = hmac.HMAC(derived[_KEY + _BLOCK :], hashes.SHA256())
    mac.update(cipher)
    return sent + cipher + mac.finalize()[:_TAG]


def _profile_a(public: bytes, ephemeral: object) -> Agreement:
    own = ephemeral if isinstance(ephemeral, X25519PrivateKey) else X25519PrivateKey.generate()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    return own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), shared


def _profile_b(public: bytes, ephemeral: object) -> Agreement:
    curve = SECP256R1()
    own = ephemeral if isinstance(ephemeral, EllipticCurvePrivateKey) else None
    own = own or generate_private_key(curve)
    shared = own.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(curve, public))
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return point, shared


_AGREEMENTS: Mapping[SchemeId, Callable[[bytes, object], Agreement]] = {
    SchemeId.PROFILE_A: _profile_a,
    SchemeId.PROFILE_B: _profile_b,
}
