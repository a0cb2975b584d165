"""Credential ids, and the keys derived from them.

An id says how its credential was made and proves that this authenticator made it for this RP. The
private key is derived from the master secret and the id, so that neither an id nor a stored
credential contains a key, and a reset makes every id worthless.

    id = algorithm (1, index) | flags (1) | protection (1) | random (32) | MAC (16)

Spec: CTAP 2.1, 6.1.2 (credentials), 12.5 (CredRandom), 12.3 (largeBlobKey).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .algorithms import ALGORITHMS, SEED_BYTES, Algorithm, Cose
from .codes import Protection

MASTER_BYTES = 32
_RANDOM_BYTES, _MAC_BYTES = 32, 16
_NUMBERS = (-7, -8, -35, -48, -49, -50)
"""The first byte of an id is an index into these."""


class Kind(IntFlag):
    """The way in which a credential was made."""

    DISCOVERABLE = 0x01
    HMAC_SECRET = 0x02
    LARGE_BLOB = 0x04


NO_KIND = Kind(0)


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential of this authenticator: its id, and the decoded contents of the id."""

    identity: bytes
    rp_hash: bytes
    algorithm: Algorithm
    kind: Kind
    protection: Protection
    _master: bytes = field(repr=False)

    @classmethod
    def create(
        cls,
        master: bytes,
        rp_hash: bytes,
        algorithm: Algorithm,
        kind: Kind = NO_KIND,
        protection: Protection = Protection.OPTIONAL,
    ) -> Credential:
        """Make a new credential for an RP."""
        head = bytes((_NUMBERS.index(algorithm.identifier), kind, protection))
        head += secrets.token_bytes(_RANDOM_BYTES)
        identity = head + _mac(master, rp_hash, head)
        return cls(identity, rp_hash, algorithm, kind, protection, master)

    @classmethod
    def open(cls, master: bytes, rp_hash: bytes, identity: bytes) -> Credential | None:
        """Read an id; None unless this authenticator made it for the RP."""
        head, mac = identity[:-_MAC_BYTES], identity[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(master, rp_hash, head)):
            return None
        algorithm = ALGORITHMS.get(_NUMBERS[head[0]])
        if algorithm is None:  # made with a library that had ML-DSA
            return None
        return cls(identity, rp_hash, algorithm, Kind(head[1]), Protection(head[2]), master)

    @property
    def discoverable(self) -> bool:
        """Whether the authenticator keeps the credential (a resident key)."""
        return Kind.DISCOVERABLE in self.kind

    @property
    def public_key(self) -> Cose:
        """The public key as COSE_Key."""
        return self.algorithm.cose(self._private())

    def sign(self, message: bytes) -> bytes:
        """Sign with the private key."""
        return self.algorithm.sign(self._private(), message)

    def secret(self, *, verified: bool) -> bytes:
        """Derive CredRandom, 32 bytes: one for a verified user, another without."""
        return self._derive(b"hmac-secret, verified" if verified else b"hmac-secret", 32)

    @property
    def large_blob_key(self) -> bytes | None:
        """The largeBlobKey, 32 bytes; None if the credential was made without."""
        return self._derive(b"largeBlobKey", 32) if Kind.LARGE_BLOB in self.kind else None

    def _private(self) -> Any:
        return self.algorithm.derive(self._derive(b"private key", SEED_BYTES))

    def _derive(self, purpose: bytes, size: int) -> bytes:
        info = purpose + b"\0" + self.rp_hash + self.identity
        return HKDF(hashes.SHA256(), size, b"vcard FIDO2 credential", info).derive(self._master)


def _mac(master: bytes, rp_hash: bytes, head: bytes) -> bytes:
    digest = hmac.new(master, b"credential id\0" + rp_hash + head, hashlib.sha256).digest()
    return digest[:_MAC_BYTES]
