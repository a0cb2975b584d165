"""Kinds of keys: generate, import and use keys, and export their public half.

`KINDS` lists them by name, `kind_of` finds the kind of a key of `cryptography`; `KeyStore` stores
private keys in a card's memory. A card restricts them with its own table from algorithm identifiers
to kinds. A ValueError from here is the host's fault: a card answers 6A80.
"""

from __future__ import annotations

from .curves import CURVES, X25519, Ed25519, EllipticCurve
from .kind import KeyKind, PrivateKey, PublicKey
from .public_parts import public_objects, public_parts
from .rsa import Rsa
from .store import KeptKey, KeyStore
from .table import KINDS, kind_of

__all__ = [
    "CURVES",
    "KINDS",
    "X25519",
    "Ed25519",
    "EllipticCurve",
    "KeptKey",
    "KeyKind",
    "KeyStore",
    "PrivateKey",
    "PublicKey",
    "Rsa",
    "kind_of",
    "public_objects",
    "public_parts",
]
