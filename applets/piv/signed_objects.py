"""Signed data objects: the issuer's CHUID, and the Security Object over unsigned objects.

Spec: NIST SP 800-73-4, part 1, 3.1.2 and 3.1.7; FIPS 201-3, 4.2.1; RFC 5652, 5 (SignedData);
ICAO Doc 9303, part 10, 4.6.2 (LDSSecurityObject).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from vcard.tlv import Tlv, parse_all, tlv

from .objects import CHUID, ERROR_DETECTION, OBJECTS, SECURITY_OBJECT, UNSIGNED

CHUID_CONTENT = "2.16.840.1.101.3.6.1"
"""id-PIV-CHUIDSecurityObject"""
LDS_CONTENT = "2.23.136.1.1.1"
"""id-icao-mrtd-security-ldsSecurityObject"""
SIGNER_NAME = "2.16.840.1.101.3.6.5"
"""pivSigner-DN"""

SIGNATURE, _BUFFER_LENGTH, _KEY_MAP = 0x3E, 0xEE, 0x3D
_NOT_SIGNED = (SIGNATURE, _BUFFER_LENGTH, _KEY_MAP)
_MAPPING, _OBJECT = 0xBA, 0xBB
_DIGEST = algos.DigestAlgorithm({"algorithm": "sha256"})


class _GroupHash(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields = [("number", core.Integer), ("hash", core.OctetString)]  # noqa: RUF012 - its way


class _GroupHashes(core.SequenceOf):  # type: ignore[misc] # as above
    _child_spec = _GroupHash


class _LdsSecurityObject(core.Sequence):  # type: ignore[misc] # as above
    _fields = [  # noqa: RUF012 - its way
        ("version", core.Integer),
        ("algorithm", algos.DigestAlgorithm),
        ("hashes", _GroupHashes),
    ]


@dataclass(frozen=True, slots=True)
class ContentSigner:
    """The signer of data objects: a certificate for PIV content signing, and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def vouch(self, objects: Mapping[int, bytes]) -> dict[int, bytes]:
        """Return data objects (values by tag) with a signed CHUID and a Security Object added.

        The Security Object has the SHA-256 of each object that has no signature of its own.
        """
        signed = {**objects, CHUID: self.chuid(objects[CHUID])}
        unsigned = {tag: signed[tag] for tag in UNSIGNED if tag in signed}
        return {**signed, SECURITY_OBJECT: self.security_object(unsigned)}

    def chuid(self, value: bytes) -> bytes:
        """Return a CHUID with its issuer's signature, which includes the certificate."""
        content = signed_content(value)
        signature = self._sign(CHUID_CONTENT, content, enclosed=False)
        *fields, last = (item for item in parse_all(value) if item.tag != SIGNATURE)
        return _joined(fields) + tlv(SIGNATURE, signature) + bytes(last)

    def security_object(self, objects: Mapping[int, bytes]) -> bytes:
        """Make the Security Object for data objects; its certificate is in the CHUID."""
        mapping, found = b"", []
        for number, (tag, value) in enumerate(objects.items(), 1):
            mapping += bytes((number,)) + OBJECTS[tag].container.to_bytes(2, "big")
            found.append({"number": number, "hash": sha256(value).digest()})
        content = _LdsSecurityObject({"version": 0, "algorithm": _DIGEST, "hashes": found}).dump()
        signature = self._sign(LDS_CONTENT, content, enclosed=True)
        return tlv(_MAPPING, mapping) + tlv(_OBJECT, signature) + tlv(ERROR_DETECTION)

    def _sign(self, kind: str, content: bytes, *, enclosed: bool) -> bytes:
        """Sign as a ContentInfo that contains the content, or else the certificate."""
        inner: dict[str, object] = {"content_type": kind}
        signed = {
            "version": "v3",
            "digest_algorithms": [_DIGEST],
            "encap_content_info": inner,
            "signer_infos": [self._signer_info(kind, content)],
        }
        if enclosed:
            inner["content"] = core.ParsableOctetString(content)
        else:
            signed["certificates"] = [self._certificate]
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())

    def _signer_info(self, kind: str, content: bytes) -> cms.SignerInfo:
        mine = self._certificate
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": [kind]},
                {"type": "message_digest", "values": [sha256(content).digest()]},
                {"type": SIGNER_NAME, "values": [core.Any(mine.subject)]},
            ]
        )
        issuer = {"issuer": mine.issuer, "serial_number": mine.serial_number}
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": issuer}),
                "digest_algorithm": _DIGEST,
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )

    @property
    def _certificate(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))


def signed_content(chuid: bytes) -> bytes:
    """Return the signed part of a CHUID: all but the signature and two obsolete fields."""
    return _joined(item for item in parse_all(chuid) if item.tag not in _NOT_SIGNED)


def _joined(items: Iterable[Tlv]) -> bytes:
    return b"".join(map(bytes, items))
