"""Personalisation: a test CA that issues certificates for the slots of PIV cards.

Without a clock, certificates are valid from 2020 to 2049 unless dates are given.

Spec: NIST SP 800-73-4, part 1, 3.1 and appendix A; FIPS 201-3; RFC 5280.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from applets.shared import x509_issuer
from applets.shared.key_kinds import PrivateKey, PublicKey
from applets.shared.validity import FIRST_DAY, LAST_DAY
from applets.shared.x509_issuer import Extension, extended_usage, usage

from .algorithms import generate
from .codes import Algorithm, Slot
from .holder import Holder
from .signed_objects import ContentSigner

DEMO_KEYS = {
    Slot.AUTHENTICATION: Algorithm.RSA_2048,
    Slot.SIGNATURE: Algorithm.P256,
    Slot.KEY_MANAGEMENT: Algorithm.RSA_2048,
    Slot.CARD_AUTHENTICATION: Algorithm.P256,
}
CARD_AUTHENTICATION_USE = x509.ObjectIdentifier("2.16.840.1.101.3.6.8")
CONTENT_SIGNING_USE = x509.ObjectIdentifier("2.16.840.1.101.3.6.7")
_SIGNING = {Slot.AUTHENTICATION, Slot.SIGNATURE, Slot.CARD_AUTHENTICATION}
_PURPOSES: dict[Slot, list[x509.ObjectIdentifier]] = {
    Slot.AUTHENTICATION: [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SMARTCARD_LOGON],
    Slot.SIGNATURE: [ExtendedKeyUsageOID.EMAIL_PROTECTION],
    Slot.CARD_AUTHENTICATION: [CARD_AUTHENTICATION_USE],
}


class Issuer(x509_issuer.Issuer):
    """A test CA for the slots of PIV cards."""

    def issue(
        self,
        subject: str,
        key: PublicKey,
        slot: Slot = Slot.AUTHENTICATION,
        *,
        not_before: datetime = FIRST_DAY,
        not_after: datetime = LAST_DAY,
        extensions: Sequence[Extension] = (),
    ) -> x509.Certificate:
        """Issue a certificate for the key of a slot, with the slot's key usages.

        `extensions` are added to them (see applets.piv.holder).
        """
        uses = (*slot_extensions(slot, key), *extensions)
        return self.certify(subject, key, uses, not_before=not_before, not_after=not_after)

    def content_signer(self, name: str = "PIV Content Signer") -> ContentSigner:
        """Make a new key, certified to sign data objects of cards."""
        key = ec.generate_private_key(ec.SECP256R1())
        uses = (usage("digital_signature"), extended_usage(CONTENT_SIGNING_USE))
        return ContentSigner(self.certify(name, key.public_key(), uses), key)

    def equip(
        self,
        subject: str,
        algorithms: Mapping[Slot, Algorithm] | None = None,
        *,
        not_before: datetime = FIRST_DAY,
        not_after: datetime = LAST_DAY,
        holder: Holder | None = None,
    ) -> tuple[dict[Slot, PrivateKey], dict[Slot, x509.Certificate]]:
        """Issue keys and certificates for slots: by default the four of every PIV card.

        The certificates include the fields of `holder`.
        """
        chosen = DEMO_KEYS if algorithms is None else algorithms
        keys = {slot: generate(algorithm) for slot, algorithm in chosen.items()}
        days = {"not_before": not_before, "not_after": not_after}
        return keys, self.issue_all(subject, keys, **days, holder=holder)

    def issue_all(
        self,
        subject: str,
        keys: Mapping[Slot, PrivateKey],
        *,
        not_before: datetime = FIRST_DAY,
        not_after: datetime = LAST_DAY,
        holder: Holder | None = None,
    ) -> dict[Slot, x509.Certificate]:
        """Issue certificates for keys, by slot, with the fields of `holder`."""
        known = holder or Holder()
        days = {"not_before": not_before, "not_after": not_after}
        return {
            slot: self.issue(
                subject, key.public_key(), slot, **days, extensions=known.extensions(slot)
            )
            for slot, key in keys.items()
        }


def slot_extensions(slot: Slot, key: PublicKey) -> tuple[Extension, ...]:
    """Key usage of a slot's certificate, and its extended usage if it has one."""
    purposes = _PURPOSES.get(slot)
    uses = _slot_usage(slot, key)
    return (uses, extended_usage(*purposes)) if purposes else (uses,)


def _slot_usage(slot: Slot, key: PublicKey) -> Extension:
    if slot in _SIGNING:
        also = ("content_commitment",) if slot is Slot.SIGNATURE else ()
        return usage("digital_signature", *also)
    return usage("key_encipherment" if isinstance(key, rsa.RSAPublicKey) else "key_agreement")
