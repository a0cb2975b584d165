"""Attestation: proof that a credential's key is in an authenticator of this model.

Spec: WebAuthn 2, 8.2 (packed), 8.2.1 (certificate), 8.7 (none); CTAP 2.1, 7.1 (enterprise).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from vcard.memory import parts

from .algorithms import ES256
from .credential import Credential
from .store import Store

Statement = tuple[str, Mapping[str, Any]]
"""The format, and the statement in it."""

BATCH, ENTERPRISE = "attestation", "attestation enterprise"
"""Memory names of the key that a batch of authenticators shares, and of the authenticator's own."""


@dataclass(frozen=True, slots=True)
class Attester:
    """An attestation key with its certificate, DER; the repr hides the key."""

    certificate: bytes
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def load(cls, store: Store, name: str) -> Attester:
        """Load the key and certificate that the card was issued with."""
        certificate, key = parts(store.memory[name], bytes, bytes)
        return cls(certificate, cast("ec.EllipticCurvePrivateKey", load_der_private_key(key, None)))

    def sign(self, message: bytes) -> bytes:
        """Sign with ECDSA and SHA-256."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    def packed(self, signed: bytes) -> Statement:
        """Attest with the certificate."""
        statement = {"alg": ES256.identifier, "sig": self.sign(signed), "x5c": [self.certificate]}
        return "packed", statement


def attest(
    store: Store, credential: Credential, signed: bytes, *, enterprise: bool = False
) -> Statement:
    """Attest a new credential over `signed` (authenticator data and client data hash)."""
    kind = store.settings.attestation
    if enterprise:
        return Attester.load(store, ENTERPRISE).packed(signed)
    if kind == "none":
        return "none", {}
    if kind == "self":
        statement = {"alg": credential.algorithm.identifier, "sig": credential.sign(signed)}
        return "packed", statement
    return Attester.load(store, BATCH).packed(signed)
