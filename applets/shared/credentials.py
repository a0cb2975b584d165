"""Certificates with their P-256 keys; fresh keys, and keys derived from a published seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

DEMO_SEED = b"vcard demonstration"

Key = ec.EllipticCurvePrivateKey
KeyMaker = Callable[[str], Key]
"""A function that makes the key for a name: `fresh` or `seeded`."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate and its private key (hidden in the repr)."""

    certificate: x509.Certificate
    key: Key = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key, unencrypted PEM: these are test keys."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def key_id(self) -> bytes:
        """The subject key identifier, 20 bytes."""
        extension = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        return extension.value.digest


def fresh(name: str) -> Key:  # noqa: ARG001 - the seeded maker needs the name
    """Make a random key."""
    return ec.generate_private_key(ec.SECP256R1())


def seeded(name: str) -> Key:
    """Derive the demonstration key for a name, the same in every process. It protects nothing."""
    digest = hashlib.sha512(DEMO_SEED + name.encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest[:31], "big") + 1, ec.SECP256R1())
