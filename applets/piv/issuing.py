"""Personalisation: a test CA, certificates for the slots, CHUID, CCC and discovery object.

No clock here: certificates are valid from 2020 to 2049 unless dates are named.

Spec: NIST SP 800-73-4, part 1, 3.1 and appendix A (containers); FIPS 201-3; RFC 5280.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import xor

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vcard.tlv import tlv

from .codes import AID, Algorithm, Slot
from .objects import CCC, CHUID, DISCOVERY, ERROR_DETECTION, PAIRING_CODE
from .schemes import SCHEMES, PrivateKey, PublicKey
from .signed import SIGNATURE, ContentSigner

FIRST_DAY, LAST_DAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
DEMO_KEYS = {
    Slot.AUTHENTICATION: Algorithm.RSA_2048,
    Slot.SIGNATURE: Algorithm.P256,
    Slot.KEY_MANAGEMENT: Algorithm.RSA_2048,
    Slot.CARD_AUTHENTICATION: Algorithm.P256,
}
CARD_AUTHENTICATION_USE = x509.ObjectIdentifier("2.16.840.1.101.3.6.8")
CONTENT_SIGNING_USE = x509.ObjectIdentifier("2.16.840.1.101.3.6.7")
_SIGNING = {Slot.AUTHENTICATION, Slot.SIGNATURE, Slot.CARD_AUTHENTICATION}
CaKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Issuer:
    """A test CA: its certificate and its key (hidden in the repr)."""

    certificate: x509.Certificate
    key: CaKey = field(repr=False)

    @classmethod
    def create(cls, name: str = "Test CA") -> Issuer:
        """A new CA with a P-256 key."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(name), _name(name), key.public_key(), FIRST_DAY, LAST_DAY)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        return cls(builder.sign(key, hashes.SHA256()), key)

    @classmethod
    def load(cls, certificate: bytes, key: bytes) -> Issuer:
        """A CA from PEM (the key without a passphrase); ValueError if it cannot issue."""
        found = x509.load_pem_x509_certificate(certificate)
        private = load_pem_private_key(key, None)
        if not isinstance(private, CaKey):
            raise ValueError("a CA's key is RSA, EC or Ed25519")  # noqa: TRY004 - content, not type
        if private.public_key() != found.public_key():
            raise ValueError("the CA's key is not the one in its certificate")
        return cls(found, private)

    def pem(self) -> tuple[bytes, bytes]:
        """Certificate and private key as PEM, what `load` takes."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return self.certificate.public_bytes(Encoding.PEM), key

    def issue(
        self,
        subject: str,
        key: PublicKey,
        slot: Slot = Slot.AUTHENTICATION,
        *,
        not_before: datetime = FIRST_DAY,
        not_after: datetime = LAST_DAY,
    ) -> x509.Certificate:
        """A certificate for the key of a slot: usage and extended usage are the slot's."""
        uses = _EXTENDED.get(slot, ())
        days = (not_before, not_after)
        return self._certify(subject, key, _slot_usage(slot, key), uses, days)

    def content_signer(self, name: str = "PIV Content Signer") -> ContentSigner:
        """A new key, certified to sign data objects of cards."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage, uses = _usage("digital_signature"), (CONTENT_SIGNING_USE,)
        found = self._certify(name, key.public_key(), usage, uses)
        return ContentSigner(found, key)

    def _certify(
        self,
        subject: str,
        key: PublicKey,
        usage: x509.KeyUsage,
        uses: Sequence[x509.ObjectIdentifier],
        days: tuple[datetime, datetime] = (FIRST_DAY, LAST_DAY),
    ) -> x509.Certificate:
        builder = _builder(self.certificate.subject, _name(subject), key, *days)
        identifiers: list[x509.ExtensionType] = [
            x509.SubjectKeyIdentifier.from_public_key(key),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
            x509.BasicConstraints(ca=False, path_length=None),
        ]
        for extension in identifiers:
            builder = builder.add_extension(extension, critical=False)
        builder = builder.add_extension(usage, critical=True)
        if uses:
            builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        return builder.sign(self.key, _digest(self.key))

    def equip(
        self,
        subject: str,
        algorithms: Mapping[Slot, Algorithm] | None = None,
        *,
        not_before: datetime = FIRST_DAY,
        not_after: datetime = LAST_DAY,
    ) -> tuple[dict[Slot, PrivateKey], dict[Slot, x509.Certificate]]:
        """New keys and certificates for slots, the four of every PIV card if none are named."""
        chosen = DEMO_KEYS if algorithms is None else algorithms
        keys = {slot: SCHEMES[algorithm].generate() for slot, algorithm in chosen.items()}
        days = {"not_before": not_before, "not_after": not_after}
        certificates = {
            slot: self.issue(subject, key.public_key(), slot, **days) for slot, key in keys.items()
        }
        return keys, certificates

    def revoke(
        self, certificates: Iterable[x509.Certificate], *, now: datetime = FIRST_DAY
    ) -> x509.CertificateRevocationList:
        """A list that revokes these certificates."""
        builder = x509.CertificateRevocationListBuilder(self.certificate.subject, now, LAST_DAY)
        for certificate in certificates:
            entry = x509.RevokedCertificateBuilder(certificate.serial_number, now).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, _digest(self.key))


_EXTENDED: dict[Slot, list[x509.ObjectIdentifier]] = {
    Slot.AUTHENTICATION: [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SMARTCARD_LOGON],
    Slot.SIGNATURE: [ExtendedKeyUsageOID.EMAIL_PROTECTION],
    Slot.CARD_AUTHENTICATION: [CARD_AUTHENTICATION_USE],
}


def _slot_usage(slot: Slot, key: PublicKey) -> x509.KeyUsage:
    if slot in _SIGNING:
        also = ("content_commitment",) if slot is Slot.SIGNATURE else ()
        return _usage("digital_signature", *also)
    return _usage("key_encipherment" if isinstance(key, rsa.RSAPublicKey) else "key_agreement")


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


def _usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(*(usage in wanted for usage in _USAGES))


def _digest(key: CaKey) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    issuer: x509.Name, subject: x509.Name, key: PublicKey, first: datetime, last: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )


# The data objects of an issued card


def issued(global_pin: str | None = None, pairing_code: str | None = None) -> dict[int, bytes]:
    """CHUID, CCC and discovery object of a new card, and its pairing code if it has one."""
    guid = bytearray(secrets.token_bytes(16))
    guid[6], guid[8] = guid[6] & 0x0F | 0x40, guid[8] & 0x3F | 0x80  # RFC 4122, version 4
    found = {CHUID: chuid(bytes(guid)), CCC: ccc(secrets.token_bytes(14))}
    found[DISCOVERY] = discovery(global_pin=global_pin is not None)
    if pairing_code is not None:
        found[PAIRING_CODE] = tlv(0x99, pairing_code.encode()) + tlv(ERROR_DETECTION)
    return found


def key_history(retired: int) -> bytes:
    """A Key History Object for `retired` (0..20) old keys whose certificates are on the card.

    Middleware looks for retired keys only as far as this object says.
    Spec: SP 800-73-4, part 1, 3.3.3.
    """
    counts = tlv(0xC1, bytes((retired,))) + tlv(0xC2, b"\0")
    return counts + tlv(0xF3) + tlv(ERROR_DETECTION)


def chuid(guid: bytes, *, expires: str = "20491231") -> bytes:
    """A CHUID, not signed yet: non-federal FASC-N, `guid` (16 bytes), date of expiry (YYYYMMDD).

    Spec: SP 800-73-4, part 1, 3.1.2 and table 9.
    """
    number = fasc_n("9999", "9999", "999999", person="0000000000")
    fields = tlv(0x30, number) + tlv(0x34, guid) + tlv(0x35, expires.encode())
    return fields + tlv(SIGNATURE) + tlv(ERROR_DETECTION)


def fasc_n(agency: str, system: str, credential: str, *, person: str) -> bytes:
    """The 25 bytes of a Federal Agency Smart Credential Number: 5-bit BCD with odd parity.

    Spec: Technical Implementation Guidance: Smart Card Enabled PACS, 2.3, clause 6.
    """
    start, separator, end = 0b1011, 0b1101, 0b1111
    groups = (agency, system, credential, "0", "1", person + "3" + "0000" + "1")
    symbols = [start]
    for i, group in enumerate(groups):
        symbols += [separator] * (i > 0) + [int(digit) for digit in group]
    symbols.append(end)
    symbols.append(reduce(xor, symbols))
    bits = "".join(f"{s:04b}"[::-1] + str(1 - s.bit_count() % 2) for s in symbols)
    return int(bits, 2).to_bytes(25, "big")


def ccc(card_id: bytes) -> bytes:
    """A Card Capability Container that says no more than: PIV, `card_id` (14 bytes).

    Spec: SP 800-73-4, part 1, 3.1.1 and table 8.
    """
    identifier = bytes.fromhex("A000000116FF02") + card_id
    head = tlv(0xF0, identifier) + tlv(0xF1, b"\x21") + tlv(0xF2, b"\x21") + tlv(0xF3)
    models = tlv(0xF4, b"\0") + tlv(0xF5, b"\x10")
    return head + models + b"".join(tlv(t) for t in (0xF6, 0xF7, *range(0xFA, 0xFF)))


def discovery(*, global_pin: bool = False) -> bytes:
    """AID and PIN usage policy: the card's PIN, and with `global_pin` that one, too.

    Spec: SP 800-73-4, part 1, 3.3.2.
    """
    policy = b"\x60\x10" if global_pin else b"\x40\x00"
    return tlv(0x4F, AID) + tlv(0x5F2F, policy)
