"""Certificates of the profiles that SGP.22 names, and the keys that they are for.

Spec: GSMA SGP.22, 4.5.2 (profiles of certificates), annex H (policies).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROLE = "2.23.146.1.2.1."
"""The policies that name a certificate's role ."""
CI, EUICC, EUM, DP_TLS, DP_AUTH, DP_PB, DS_TLS, DS_AUTH = (ROLE + last for last in "01234567")

DEMO_SEED = b"vcard demonstration"
YEARS = timedelta(days=365 * 30)

Key = ec.EllipticCurvePrivateKey
KeyMaker = Callable[[str], Key]


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: Key

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
        """The private key, PEM, not encrypted: test keys are for tests."""
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


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to stand in a certificate."""

    name: str
    role: str
    is_ca: bool = False
    serial: str = ""
    eid_prefix: str = ""
    names: tuple[x509.GeneralName, ...] = ()

    @property
    def subject(self) -> x509.Name:
        """The subject; an eUICC's carries its EID as serial number."""
        parts = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "vcard"),
        ]
        if self.serial:
            parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, self.serial))
        return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, self.name)])


def issue(plan: Plan, start: datetime, key: Key, issuer: Credential | None = None) -> Credential:
    """A certificate for `key` from `start` on for 30 years, signed by the issuer or by itself."""
    signer = key if issuer is None else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(plan.subject)
        .issuer_name(plan.subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(_serial(plan, key))
        .not_valid_before(start)
        .not_valid_after(start + YEARS)
    )
    for extension, critical in extensions(plan, key, signer):
        builder = builder.add_extension(extension, critical=critical)
    return Credential(builder.sign(signer, hashes.SHA256(), ecdsa_deterministic=True), key)


def extensions(plan: Plan, key: Key, signer: Key) -> list[tuple[x509.ExtensionType, bool]]:
    """What a certificate says beside names and dates, and whether it is critical."""
    policy = x509.PolicyInformation(x509.ObjectIdentifier(plan.role), None)
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
        (_usage(is_ca=plan.is_ca), True),
        (x509.CertificatePolicies([policy]), True),
    ]
    if plan.is_ca:
        found.append((x509.BasicConstraints(ca=True, path_length=None), True))
    if plan.eid_prefix:
        found.append((_constraint(plan.eid_prefix), True))
    if plan.names:
        found.append((x509.SubjectAlternativeName(plan.names), False))
    return found


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _constraint(prefix: str) -> x509.NameConstraints:
    """An EUM certifies EIDs that begin with its own identification number only."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "vcard"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, prefix),
        ]
    )
    return x509.NameConstraints([x509.DirectoryName(name)], None)


def _serial(plan: Plan, key: Key) -> int:
    """A serial number that follows from name and key, so that the demonstration repeats itself."""
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    digest = hashlib.sha256(plan.name.encode() + plan.serial.encode() + point).digest()
    return int.from_bytes(digest[:15], "big") | 1


def fresh(name: str) -> Key:  # noqa: ARG001 - the seeded maker needs the name
    """A key that nobody else has."""
    return ec.generate_private_key(ec.SECP256R1())


def seeded(name: str) -> Key:
    """The key of that name in the demonstration hierarchy, the same in every process."""
    digest = hashlib.sha512(DEMO_SEED + name.encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest[:31], "big") + 1, ec.SECP256R1())
