"""Certificates with the certificate profiles of SGP.22, and their keys.

Spec: GSMA SGP.22, 4.5.2 (profiles of certificates), annex H (policies).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from applets.shared.credentials import Credential, Key
from applets.shared.x509_issuer import (
    Extension,
    authority,
    authority_key,
    certify,
    subject_key,
    usage,
)

ROLE = "2.23.146.1.2.1."
"""The object identifier above the policies that name a certificate's role."""
CI, EUICC, EUM, DP_TLS, DP_AUTH, DP_PB, DS_TLS, DS_AUTH = (ROLE + last for last in "01234567")

YEARS = timedelta(days=365 * 30)


@dataclass(frozen=True, slots=True)
class Plan:
    """The contents of a certificate."""

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
    """Issue a certificate, valid from `start` for 30 years; self-signed without `issuer`."""
    signer = key if issuer is None else issuer.key
    certificate = certify(
        plan.subject,
        key.public_key(),
        extensions(plan, key, signer),
        issuer=plan.subject if issuer is None else issuer.certificate.subject,
        signer=signer,
        days=(start, start + YEARS),
        serial=_serial(plan, key),
        deterministic=True,
    )
    return Credential(certificate, key)


def extensions(plan: Plan, key: Key, signer: Key) -> list[Extension]:
    """The extensions of a certificate, and whether each is critical."""
    policy = x509.PolicyInformation(x509.ObjectIdentifier(plan.role), None)
    uses = ("key_cert_sign", "crl_sign") if plan.is_ca else ("digital_signature",)
    found: list[Extension] = [
        subject_key(key.public_key()),
        authority_key(signer),
        usage(*uses),
        (x509.CertificatePolicies([policy]), True),
    ]
    if plan.is_ca:
        found.append(authority())
    if plan.eid_prefix:
        found.append((_constraint(plan.eid_prefix), True))
    if plan.names:
        found.append((x509.SubjectAlternativeName(plan.names), False))
    return found


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
    """Derive a serial number from name and key: demonstration certificates are reproducible."""
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    digest = hashlib.sha256(plan.name.encode() + plan.serial.encode() + point).digest()
    return int.from_bytes(digest[:15], "big") | 1
