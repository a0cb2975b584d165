"""Personalisation: a test CA that issues attestation certificates.

Spec: WebAuthn 2, 8.2.1 (packed attestation certificates); CTAP 2.1, 7.1 (enterprise attestation).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from applets.shared import x509_issuer
from applets.shared.x509_issuer import unrecognised

_AAGUID = "1.3.6.1.4.1.45724.1.1.4"
"""The extension that names the model of the authenticator."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """A certificate and its private key, both DER; the repr hides the key."""

    certificate: bytes
    key: bytes = field(repr=False)


class Issuer(x509_issuer.Issuer):
    """A test CA for authenticators."""

    def attest(self, aaguid: bytes, name: str = "vcard FIDO2 Batch") -> Attestation:
        """Issue an attestation key for authenticators of a model, by common name."""
        key = ec.generate_private_key(ec.SECP256R1())
        model = unrecognised(_AAGUID, b"\x04\x10" + aaguid)
        certificate = self.certify(_subject(name), key.public_key(), [model])
        return Attestation(
            certificate.public_bytes(Encoding.DER),
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        )

    def equip(self, aaguid: bytes) -> tuple[Attestation, Attestation]:
        """Issue the attestation keys of an authenticator: its batch's and its own."""
        return self.attest(aaguid), self.attest(aaguid, "vcard FIDO2 Enterprise 00000001")


def _subject(name: str) -> x509.Name:
    parts = {
        NameOID.COUNTRY_NAME: "SE",
        NameOID.ORGANIZATION_NAME: "vcard",
        NameOID.ORGANIZATIONAL_UNIT_NAME: "Authenticator Attestation",
        NameOID.COMMON_NAME: name,
    }
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items()])
