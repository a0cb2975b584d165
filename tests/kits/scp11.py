"""Certificates for the keys of an SCP11 host."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "host")])


def certificate(
    subject: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    issuer: ec.EllipticCurvePrivateKey,
    serial: int = 1,
) -> bytes:
    """A certificate of `subject`, DER."""
    builder = x509.CertificateBuilder(
        NAME,
        NAME,
        subject,
        serial,
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(2050, 1, 1, tzinfo=UTC),
    )
    return builder.sign(issuer, hashes.SHA256()).public_bytes(Encoding.DER)
