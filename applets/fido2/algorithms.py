"""The signature algorithms of credentials: keys from a seed, COSE keys, signatures.

ML-DSA is available if the installed `cryptography` has it.

Spec: RFC 9053, 2 and 7 (ECDSA, EdDSA, COSE_Key); RFC 9864 and the draft "ML-DSA for JOSE and COSE"
(key type AKP); FIPS 204.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Cose = dict[int, int | bytes]
SEED_BYTES = 64
"""The bytes of a seed that an algorithm may use."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A COSE algorithm: `derive` makes a private key from SEED_BYTES random bytes."""

    identifier: int
    name: str
    derive: Callable[[bytes], Any]
    cose: Callable[[Any], Cose]
    sign: Callable[[Any, bytes], bytes]


def ec_cose(key: ec.EllipticCurvePublicKey, algorithm: int, curve: int) -> Cose:
    """Encode a public key on a NIST curve."""
    numbers, size = key.public_numbers(), (key.key_size + 7) // 8
    x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
    return {1: 2, 3: algorithm, -1: curve, -2: x, -3: y}


def derive_ec(curve: ec.EllipticCurve, seed: bytes) -> ec.EllipticCurvePrivateKey:
    """Make a private key from a seed that is at least 64 bits longer than the order.

    Spec: FIPS 186-5, A.2.1 (extra random bits).
    """
    number = int.from_bytes(seed, "big") % (_ORDERS[curve.name] - 1) + 1
    return ec.derive_private_key(number, curve)


_ORDERS = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": int(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
        "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
        16,
    ),
}


def _ecdsa(
    identifier: int, name: str, curve: ec.EllipticCurve, number: int, digest: hashes.HashAlgorithm
) -> Algorithm:
    return Algorithm(
        identifier,
        name,
        lambda seed: derive_ec(curve, seed),
        lambda key: ec_cose(key.public_key(), identifier, number),
        lambda key, message: bytes(key.sign(message, ec.ECDSA(digest))),
    )


def _ed25519_cose(key: ed25519.Ed25519PrivateKey) -> Cose:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {1: 1, 3: -8, -1: 6, -2: raw}


def _mldsa(identifier: int, strength: int) -> Algorithm | None:
    """ML-DSA-44, -65 or -87; None if the library does not have it."""
    try:
        module = importlib.import_module("cryptography.hazmat.primitives.asymmetric.mldsa")
        private = getattr(module, f"MLDSA{strength}PrivateKey")
        private.from_seed_bytes(bytes(32))
    except (ImportError, AttributeError, UnsupportedAlgorithm):
        return None
    return Algorithm(
        identifier,
        f"ML-DSA-{strength}",
        lambda seed: private.from_seed_bytes(seed[:32]),
        lambda key: {1: 7, 3: identifier, -1: key.public_key().public_bytes_raw()},
        lambda key, message: bytes(key.sign(message)),
    )


ES256 = _ecdsa(-7, "ES256", ec.SECP256R1(), 1, hashes.SHA256())
ES384 = _ecdsa(-35, "ES384", ec.SECP384R1(), 2, hashes.SHA384())
EDDSA = Algorithm(
    -8,
    "EdDSA",
    lambda seed: ed25519.Ed25519PrivateKey.from_private_bytes(seed[:32]),
    _ed25519_cose,
    lambda key, message: bytes(key.sign(message)),
)
_POST_QUANTUM = [_mldsa(-48, 44), _mldsa(-49, 65), _mldsa(-50, 87)]

ALGORITHMS: Mapping[int, Algorithm] = {
    each.identifier: each for each in (ES256, EDDSA, ES384, *_POST_QUANTUM) if each is not None
}
"""The algorithms that the library supports, by COSE identifier."""
