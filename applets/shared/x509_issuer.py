"""A test CA: X.509 certificates and revocation lists for any card.

The contents of a certificate are data: a list of extensions, each with its criticality; the
functions below make the usual ones. The caller names the days: there is no clock here.

Spec: RFC 5280, 4 (certificates), 5 (revocation lists).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from .key_kinds import PublicKey
from .validity import FIRST_DAY, LAST_DAY

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Extension = tuple[x509.ExtensionType, bool]
"""An extension, and whether it is critical."""

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


# Contents of certificates


def common_name(text: str) -> x509.Name:
    """Make a name from a common name alone."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def usage(*wanted: str) -> Extension:
    """Key usage, critical, by RFC 5280's names: `digital_signature`, `key_cert_sign`, ..."""
    return x509.KeyUsage(*(name in wanted for name in _USAGES)), True


def extended_usage(*purposes: x509.ObjectIdentifier) -> Extension:
    """Extended key usage, not critical."""
    return x509.ExtendedKeyUsage(purposes), False


def authority(path_length: int | None = None) -> Extension:
    """Basic constraints of a CA, critical."""
    return x509.BasicConstraints(ca=True, path_length=path_length), True


def end_entity() -> Extension:
    """Basic constraints of a certificate that issues no others, not critical."""
    return x509.BasicConstraints(ca=False, path_length=None), False


def subject_key(key: PublicKey) -> Extension:
    """The subject key identifier, not critical."""
    return x509.SubjectKeyIdentifier.from_public_key(key), False


def authority_key(signer: SigningKey) -> Extension:
    """The authority key identifier of the key that signs, not critical."""
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False


def unrecognised(identifier: str, value: bytes) -> Extension:
    """Any other extension: object identifier and DER value, not critical."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(identifier), value), False


def certify(
    subject: x509.Name,
    key: PublicKey,
    extensions: Iterable[Extension],
    *,
    issuer: x509.Name,
    signer: SigningKey,
    days: tuple[datetime, datetime] = (FIRST_DAY, LAST_DAY),
    serial: int | None = None,
    deterministic: bool = False,
) -> x509.Certificate:
    """Sign a certificate for `key`, valid on `days` (first and last).

    The serial number is random unless it is named; `deterministic` signs equal contents with an
    equal ECDSA signature (RFC 6979).
    """
    builder = (
        x509.CertificateBuilder(issuer, subject, key)
        .serial_number(x509.random_serial_number() if serial is None else serial)
        .not_valid_before(days[0])
        .not_valid_after(days[1])
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, digest_for(signer), ecdsa_deterministic=deterministic or None)


def digest_for(signer: SigningKey) -> hashes.SHA256 | None:
    """The digest for signing certificates with a key: SHA-256, None for Ed25519."""
    return None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()


# The issuer


@dataclass(frozen=True, slots=True)
class Issuer:
    """A test CA: its certificate and its key (hidden in the repr)."""

    certificate: x509.Certificate
    key: SigningKey = field(repr=False)

    @classmethod
    def create(cls, name: str = "Test CA", key: SigningKey | None = None) -> Self:
        """Make a self-signed CA, by default with a new P-256 key."""
        key = ec.generate_private_key(ec.SECP256R1()) if key is None else key
        extensions = [
            authority(path_length=0),
            usage("key_cert_sign", "crl_sign"),
            subject_key(key.public_key()),
        ]
        own = common_name(name)
        return cls(certify(own, key.public_key(), extensions, issuer=own, signer=key), key)

    @classmethod
    def load(cls, certificate: bytes, key: bytes) -> Self:
        """Load a CA from PEM (the key without a passphrase); ValueError if it cannot issue."""
        found = x509.load_pem_x509_certificate(certificate)
        private = load_pem_private_key(key, None)
        if not isinstance(private, SigningKey):
            raise ValueError("a CA's key is RSA, EC or Ed25519")  # noqa: TRY004 - content, not type
        if private.public_key() != found.public_key():
            raise ValueError("the CA's key is not the one in its certificate")
        return cls(found, private)

    def pem(self) -> tuple[bytes, bytes]:
        """Certificate and private key as PEM, the arguments of `load`."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return self.certificate.public_bytes(Encoding.PEM), key

    def certify(
        self,
        subject: str | x509.Name,
        key: PublicKey,
        extensions: Sequence[Extension] = (),
        *,
        not_before: datetime = FIRST_DAY,
        not_after: datetime = LAST_DAY,
    ) -> x509.Certificate:
        """Issue a certificate; key identifiers and basic constraints are added to `extensions`.

        `subject` is a common name, or a whole name.
        """
        return certify(
            common_name(subject) if isinstance(subject, str) else subject,
            key,
            [subject_key(key), authority_key(self.key), end_entity(), *extensions],
            issuer=self.certificate.subject,
            signer=self.key,
            days=(not_before, not_after),
        )

    def revoke(
        self, certificates: Iterable[x509.Certificate], *, now: datetime = FIRST_DAY
    ) -> x509.CertificateRevocationList:
        """Sign a list that revokes these certificates."""
        builder = x509.CertificateRevocationListBuilder(self.certificate.subject, now, LAST_DAY)
        for certificate in certificates:
            entry = x509.RevokedCertificateBuilder(certificate.serial_number, now).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, digest_for(self.key))
