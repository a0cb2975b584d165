"""All kinds of keys by name, and a look-up by key."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519

from .curves import CURVES, X25519, Ed25519
from .kind import KeyKind, PrivateKey, PublicKey
from .rsa import Rsa

_ALL: tuple[KeyKind, ...] = (
    *map(Rsa, (1024, 2048, 3072, 4096)),
    *CURVES,
    Ed25519(),
    X25519(),
)
KINDS: dict[str, KeyKind] = {kind.name: kind for kind in _ALL}
"""The kinds by name: RSA-1024 to RSA-4096, the curves, Ed25519, X25519."""

_CURVES: dict[str, KeyKind] = {kind.curve.name: kind for kind in CURVES}


def kind_of(key: PrivateKey | PublicKey) -> KeyKind:
    """Find the kind of a key; ValueError if it is of none.

    An RSA key of a length not in KINDS has the kind `Rsa(key.key_size)`.
    """
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        return Rsa(key.key_size)
    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return KINDS["Ed25519"]
    if isinstance(key, x25519.X25519PrivateKey | x25519.X25519PublicKey):
        return KINDS["X25519"]
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey):
        if key.curve.name in _CURVES:
            return _CURVES[key.curve.name]
        raise ValueError(f"keys on {key.curve.name} are not supported")
    raise ValueError(f"a {type(key).__name__} is no key of a card")
