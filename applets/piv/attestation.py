"""Attestation: a certificate by the card's own key on how another key was made.

The extensions are those that Yubico's tools read (firmware, serial, policies, form factor).
"""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from vcard.tlv import tlv

from .codes import Slot
from .keys import KeyPair

_ARC = "1.3.6.1.4.1.41482.3."
FIRMWARE, SERIAL, POLICY, FORM_FACTOR = (
    x509.ObjectIdentifier(_ARC + last) for last in ("3", "7", "8", "9")
)
ISSUER = "Virtual PIV Attestation"
NOT_BEFORE, NOT_AFTER = datetime(2016, 3, 14, tzinfo=UTC), datetime(2052, 4, 17, tzinfo=UTC)
USB_A_KEYCHAIN = 1


def name(common: str) -> x509.Name:
    """A name of a common name alone."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def attestation_pair() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """A new key to attest with and its own DER certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(ISSUER).public_key(key.public_key())
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    certificate = builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())
    return key, certificate.public_bytes(Encoding.DER)


def attest(
    pair: KeyPair,
    slot: Slot,
    witness: KeyPair,
    *,
    version: tuple[int, int, int],
    serial: int,
) -> x509.Certificate:
    """The certificate for the key `pair` of `slot`, signed by `witness`.

    ValueError if the witness cannot sign.
    """
    values = {
        FIRMWARE: bytes(version),
        SERIAL: tlv(0x02, serial.to_bytes(serial.bit_length() // 8 + 1, "big")),
        POLICY: bytes((pair.pin_policy, pair.touch_policy)),
        FORM_FACTOR: bytes((USB_A_KEYCHAIN,)),
    }
    builder = _builder(f"PIV Attestation {slot:02X}").public_key(pair.public_key)
    for oid, value in values.items():
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
    key = witness.key
    if isinstance(key, x25519.X25519PrivateKey):
        raise ValueError("a key that only agrees on keys cannot attest")  # noqa: TRY004 - the host's
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest)


def _builder(subject: str) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(name(ISSUER), name(subject))
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
    )
