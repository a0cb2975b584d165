"""Attestation: a certificate by the card's own key about the origin of another key.

The extensions are those that Yubico documents for OpenPGP attestation.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding

from applets.shared import der
from applets.shared.key_kinds import KeptKey
from applets.shared.x509_issuer import authority, certify, common_name, unrecognised
from vcard import SW
from vcard.tlv import tlv

from .codes import Slot, Tag
from .state import OpenPgpState

_ARC = "1.3.6.1.4.1.41482.5."
ISSUER = common_name("Virtual OpenPGP Attestation")
DAYS = datetime(2016, 3, 14, tzinfo=UTC), datetime(2052, 4, 17, tzinfo=UTC)
INTEGER, OCTETS, TEXT = 0x02, 0x04, 0x0C
GENERATED_ON_CARD, USB_A_KEYCHAIN = 1, 1


def attestation_pair() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """Make a new attestation key and its self-signed DER certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certify(
        ISSUER, key.public_key(), [authority(path_length=0)], issuer=ISSUER, signer=key, days=DAYS
    )
    return key, certificate.public_bytes(Encoding.DER)


def attest(card: OpenPgpState, slot: Slot, kept: KeptKey, witness: KeptKey) -> x509.Certificate:
    """Certify the key of `slot`, signed by `witness`; raise 6985 if that cannot sign."""
    if isinstance(witness.key, x25519.X25519PrivateKey):
        raise SW.CONDITIONS_NOT_SATISFIED
    return certify(
        common_name(f"OpenPGP Attestation {slot.name}"),
        kept.public_key,
        [unrecognised(_ARC + last, value) for last, value in _facts(card, slot).items()],
        issuer=ISSUER,
        signer=witness.key,
        days=DAYS,
    )


def _facts(card: OpenPgpState, slot: Slot) -> dict[str, bytes]:
    """Cardholder, source, firmware, fingerprint, time, counter, serial, UIF, form factor."""
    counter = card.memory.integer("counter", 0)
    policy = int.from_bytes(card.value(slot.uif), "big")
    return {
        "1": tlv(TEXT, card.value(Tag.NAME)),
        "2": tlv(INTEGER, der.integer(GENERATED_ON_CARD)),
        "3": tlv(OCTETS, bytes(card.persona.firmware or ())),
        "4": tlv(OCTETS, card.value(slot.fingerprint)),
        "5": tlv(OCTETS, card.value(slot.time)),
        "6": tlv(INTEGER, der.integer(counter)),
        "7": tlv(INTEGER, der.integer(card.serial)),
        "8": tlv(INTEGER, der.integer(policy)),
        "9": tlv(INTEGER, der.integer(USB_A_KEYCHAIN)),
    }
