"""Fingerprints of version 4 keys, which a host writes beside a key.

Spec: RFC 4880, 5.5.2 and 12.2; RFC 6637, 9 (ECDH parameters).
"""

from __future__ import annotations

import hashlib

from applets.shared.key_kinds import PublicKey, public_parts
from applets.shared.key_kinds.public_parts import EXPONENT, MODULUS, POINT

from .attributes import ECDH, RSA, Attributes

PUBLIC_KEY_ALGORITHMS = {RSA: 1, 0x12: 18, 0x13: 19, 0x16: 22}
NATIVE_POINT = b"\x40"
_KDF = {
    "P-384": bytes.fromhex("03010908"),
    "brainpoolP384r1": bytes.fromhex("03010908"),
    "P-521": bytes.fromhex("03010A09"),
    "brainpoolP512r1": bytes.fromhex("03010A09"),
}
"""Hash and cipher of ECDH keys by RFC 6637, 13; SHA-256 and AES-128 for the other curves."""


def fingerprint(
    key: PublicKey, attributes: Attributes, time: int, *, kdf: bytes | None = None
) -> bytes:
    """Compute the fingerprint (20 bytes) of a key made at `time`, in seconds since 1970.

    `kdf` replaces the parameters of an ECDH key, 4 bytes: hosts choose them. For 384 bits GnuPG 2.4
    takes AES-256, and 2.2 takes AES-192.
    """
    parts = public_parts(key)
    body = bytes((4,)) + time.to_bytes(4, "big")
    body += bytes((PUBLIC_KEY_ALGORITHMS[attributes.algorithm],))
    if attributes.algorithm == RSA:
        body += _mpi(parts[MODULUS]) + _mpi(parts[EXPONENT])
    else:
        point = parts[POINT] if parts[POINT][0] == 4 and len(parts[POINT]) > 32 else None
        body += bytes((len(attributes.oid),)) + attributes.oid
        body += _mpi(NATIVE_POINT + parts[POINT] if point is None else point)
    if attributes.algorithm == ECDH:
        body += kdf or _KDF.get(attributes.kind.name, bytes.fromhex("03010807"))
    return hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body).digest()  # noqa: S324 - the format's own


def _mpi(raw: bytes) -> bytes:
    number = int.from_bytes(raw, "big")
    size = number.bit_length()
    return size.to_bytes(2, "big") + number.to_bytes((size + 7) // 8, "big")
