"""Verify a server's certificate.

Spec: GSMA SGP.22, 4.5.2.2 (verification of certificates). A card has no clock: validity is
checked only if a clock was given.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from .pki import Chain
from .signatures import verified

KNOWN_CRITICAL = (
    x509.KeyUsage,
    x509.CertificatePolicies,
    x509.BasicConstraints,
    x509.SubjectAlternativeName,
    x509.NameConstraints,
)


class Fault(Enum):
    """Reasons to reject a certificate."""

    CERTIFICATE = "invalid"
    CURVE = "its curve is not supported"
    ROLE = "it is for another role"


class CertificateError(Exception):
    """The card rejects a certificate."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Server:
    """The key and the OID in a server's certificate."""

    key: ec.EllipticCurvePublicKey
    oid: x509.ObjectIdentifier

    def signed(self, signature: bytes, data: bytes) -> bool:
        """True if the server made this signature."""
        return verified(self.key, signature, data)

    @property
    def oid_bytes(self) -> bytes:
        """The contents of the OBJECT IDENTIFIER."""
        return oid_bytes(self.oid)


def check(
    der: bytes, issuer: x509.Certificate, roles: Collection[str], now: datetime | None
) -> Server:
    """Verify a certificate and return its server; CertificateError if anything is wrong.

    `issuer` is the CI's certificate. The certificate needs one of the policies `roles`. `now` is
    UTC without a zone, or None.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        key = _key(certificate)
        _check_signature(certificate, issuer)
        _check_validity(certificate, now)
        return Server(key, _checked_extensions(certificate, issuer, roles))
    except _MALFORMED:
        raise CertificateError(Fault.CERTIFICATE) from None


_MALFORMED = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
)
"""Exceptions of the library for malformed or wrongly signed certificates."""


def _key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        if certificate.public_key_algorithm_oid == x509.PublicKeyAlgorithmOID.EC_PUBLIC_KEY:
            raise CertificateError(Fault.CURVE) from None  # unknown to the library
        raise
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise CertificateError(Fault.CERTIFICATE)
    if not isinstance(key.curve, ec.SECP256R1):
        raise CertificateError(Fault.CURVE)
    return key


@lru_cache(maxsize=64)
def _check_signature(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """Verify the issuer's signature; cached, as the cards of a fleet share maker and server."""
    certificate.verify_directly_issued_by(issuer)


def _check_validity(certificate: x509.Certificate, now: datetime | None) -> None:
    first = certificate.not_valid_before_utc.replace(tzinfo=None)
    last = certificate.not_valid_after_utc.replace(tzinfo=None)
    if now is not None and not first <= now <= last:
        raise CertificateError(Fault.CERTIFICATE)


def _checked_extensions(
    certificate: x509.Certificate, issuer: x509.Certificate, roles: Collection[str]
) -> x509.ObjectIdentifier:
    """Check key identifier, usage, role and critical extensions; return the server's OID."""
    extensions = certificate.extensions
    authority = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    if authority.key_identifier != key_identifier(issuer):
        raise CertificateError(Fault.CERTIFICATE)
    if any(one.critical and not isinstance(one.value, KNOWN_CRITICAL) for one in extensions):
        raise CertificateError(Fault.CERTIFICATE)
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    if not usage.digital_signature or usage.key_cert_sign:
        raise CertificateError(Fault.CERTIFICATE)
    policies = extensions.get_extension_for_class(x509.CertificatePolicies).value
    if not any(one.policy_identifier.dotted_string in roles for one in policies):
        raise CertificateError(Fault.ROLE)
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    oids = names.get_values_for_type(x509.RegisteredID)
    if len(oids) != 1:
        raise CertificateError(Fault.ROLE)
    return oids[0]


def key_identifier(certificate: x509.Certificate) -> bytes:
    """The subject key identifier."""
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def check_own(chain: Chain, eid: str) -> None:
    """Verify the card's own chain and that the EUM may certify its EID; ValueError otherwise."""
    try:
        _check_signature(chain.eum, chain.ci)
        chain.euicc.certificate.verify_directly_issued_by(chain.eum)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise ValueError("the eUICC's certificates are not a chain from the CI") from error
    if chain.eid != eid:
        raise ValueError(f"the eUICC's certificate is not for EID {eid}")
    constraints = chain.eum.extensions.get_extension_for_class(x509.NameConstraints).value
    if not any(eid.startswith(one) for one in _prefixes(constraints.permitted_subtrees or ())):
        raise ValueError(f"the EUM's certificate does not allow EID {eid}")


def _prefixes(subtrees: Sequence[x509.GeneralName]) -> list[str]:
    return [
        str(attribute.value)
        for name in subtrees
        if isinstance(name, x509.DirectoryName)
        for attribute in name.value.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
    ]


def oid_bytes(oid: x509.ObjectIdentifier) -> bytes:
    """The contents of an OBJECT IDENTIFIER. Spec: ITU-T X.690, 8.19."""
    first, second, *rest = (int(part) for part in oid.dotted_string.split("."))
    coded = b""
    for part in (40 * first + second, *rest):
        groups = [part & 0x7F]
        while part := part >> 7:
            groups.append(0x80 | part & 0x7F)
        coded += bytes(reversed(groups))
    return coded
