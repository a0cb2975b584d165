"""Attestation: a certificate by the card's own key about the origin of another key.

The extensions are those that Yubico's tools read (firmware, serial, policies, form factor).
"""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding

from applets.shared import der
from applets.shared.x509_issuer import authority, certify, common_name, unrecognised
from vcard.tlv import tlv

from .codes import Slot
from .keys import KeyPair

_ARC = "1.3.6.1.4.1.41482.3."
FIRMWARE, SERIAL, POLICY, FORM_FACTOR = (_ARC + last for last in ("3", "7", "8", "9"))
ISSUER = common_name("Virtual PIV Attestation")
DAYS = datetime(2016, 3, 14, tzinfo=UTC), datetime(2052, 4, 17, tzinfo=UTC)
USB_A_KEYCHAIN = 1


def attestation_pair() -> tuple[rsa.RSAPrivateKey, bytes]:
    """Make a new attestation key and its self-signed DER certificate."""
    key = rsa.generate_private_key(65537, 2048)
    extensions = [authority(path_length=0)]
    certificate = certify(
        ISSUER, key.public_key(), extensions, issuer=ISSUER, signer=key, days=DAYS
    )
    return key, certificate.public_bytes(Encoding.DER)


def attest(
    pair: KeyPair,
    slot: Slot,
    witness: KeyPair,
    *,
    version: tuple[int, int, int],
    serial: int,
) -> x509.Certificate:
    """Certify the key `pair` of `slot`, signed by `witness`.

    ValueError if the witness cannot sign.
    """
    if isinstance(witness.key, x25519.X25519PrivateKey):
        raise ValueError("a key that only agrees on keys cannot attest")  # noqa: TRY004 - the host's
    values = {
        FIRMWARE: bytes(version),
        SERIAL: tlv(0x02, der.integer(serial)),
        POLICY: bytes((pair.pin_policy, pair.touch_policy)),
        FORM_FACTOR: bytes((USB_A_KEYCHAIN,)),
    }
    return certify(
        common_name(f"YubiKey PIV Attestation {slot:02x}"),
        pair.public_key,
        [unrecognised(identifier, value) for identifier, value in values.items()],
        issuer=ISSUER,
        signer=witness.key,
        days=DAYS,
    )
