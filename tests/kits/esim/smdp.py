"""A stand-in SM-DP+: enough for downloads to a card, and for every kind of error.

Its public methods process the card's data objects, like a server's HTTP functions.
Spec: GSMA SGP.22, 5.6 (ES9+), 5.5 (ES8+).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from applets.esim.download.bsp import MAC_SIZE, shared_secret
from applets.esim.download.bsp import Bsp as CardBsp
from applets.esim.pki import DEMO_START, Pki
from applets.esim.signatures import sign, verified
from applets.shared.credentials import Credential
from vcard import Tlv, tlv
from vcard.tlv import length_bytes, tag_bytes
from vcard.tlv import read as tlv_at

from .package import package

HOST = b"\x01\x02\x03\x04"


class Bsp(CardBsp):
    """The server's side of the protection."""

    def protect(self, tag: int, plain: bytes, *, encrypt: bool = True) -> bytes:
        """A data object for the wire: tag, length, (encrypted) data, MAC."""
        if encrypt:
            padded = plain + b"\x80" + bytes(-(len(plain) + 1) % 16)
            data = self._cbc().encryptor().update(padded)
        else:
            data = plain
        self.counter += 1
        head = tag_bytes(tag) + length_bytes(len(data) + MAC_SIZE) + data
        return head + self._mac(head)


class RefusedError(Exception):
    """The server refuses, with a subject and a reason code."""


@dataclass(frozen=True)
class Protected:
    """A package that is protected once, by keys of its own, and then bound to many cards.

    Spec: GSMA SGP.22, 2.5.3 (protected profile package), 5.5.4 (ReplaceSessionKeys).
    """

    keys: tuple[bytes, bytes, bytes]
    segments: tuple[bytes, ...]

    @classmethod
    def make(cls, parts: Iterable[bytes]) -> Protected:
        """Protect the parts of a package with new keys."""
        chain, enc, mac = (secrets.token_bytes(16) for _ in range(3))
        bsp = Bsp(enc, mac, chain)
        return cls((chain, enc, mac), tuple(bsp.protect(0x86, part) for part in parts))


@dataclass
class Smdp:
    """One server. Set an attribute to make it wrong.

    `matching` and `code` are those of the order; if empty, any matching identifier and no code.
    With `replace_keys` each package has keys of its own; `protected` is one that has them already.
    """

    pki: Pki
    address: str | bytes = "testsmdpplus1.example.com"
    matching: str = ""
    code: str = ""
    elements: bytes = field(default_factory=package)
    metadata: bytes = b""
    segment: int = 1000
    configure: bytes = bytes.fromhex("BF2400")
    operation: bytes = b"\x01"
    template: bytes = tlv(0x80, b"\x88") + tlv(0x81, b"\x10") + tlv(0x84, HOST)
    replace_keys: bool = False
    protected: Protected | None = None
    challenge: bytes | None = None
    issuer: bytes | None = None
    transaction: bytes = b""
    euicc_key: ec.EllipticCurvePublicKey | None = None
    euicc_signature: bytes = b""
    smdp_signature: bytes = b""
    eid: bytes = b""

    def initiate(self, challenge: bytes, info: bytes) -> tuple[bytes, bytes, bytes, bytes]:
        """initiateAuthentication: serverSigned1, its signature, the CI's key, the certificate."""
        self.transaction = secrets.token_bytes(16)
        self.server_challenge = secrets.token_bytes(16)
        signed = tlv(
            0x30,
            tlv(0x80, self.transaction),
            tlv(0x81, challenge if self.challenge is None else self.challenge),
            tlv(0x83, self.address.encode() if isinstance(self.address, str) else self.address),
            tlv(0x84, self.server_challenge),
        )
        issuer = self.pki.ci.key_id if self.issuer is None else self.issuer
        return (
            signed,
            self._signed(self.pki.dp_auth, signed),
            tlv(0x04, issuer),
            self.pki.dp_auth.der,
        )

    def authenticate(self, answer: bytes) -> tuple[bytes, bytes, bytes]:
        """authenticateClient: check the card; smdpSigned2, its signature, the certificate."""
        success = _succeeded(answer)
        signed, signature, euicc, eum = success.children
        self.euicc_key, self.eid = holder(bytes(euicc), bytes(eum), self.pki.ci.certificate)
        assert verified(self.euicc_key, signature.value, bytes(signed))
        assert signed.find(0x84).value == self.server_challenge
        self.euicc_signature = bytes(signature)
        named = signed.find(0xA0, 0x80)
        if self.matching and (named is None or named.value.decode() != self.matching):
            raise RefusedError("8.2.6", "3.8")
        required = b"\xff" if self.code else b"\0"
        own = tlv(0x30, tlv(0x80, self.transaction), tlv(0x01, required))
        self.smdp_signature = self._signed(self.pki.dp_pb, own + self.euicc_signature)
        return own, self.smdp_signature, self.pki.dp_pb.der

    def bound_package(self, answer: bytes) -> list[bytes]:
        """getBoundProfilePackage: the pieces that an LPA sends to the card."""
        success = _succeeded(answer)
        signed, signature = success.children
        assert verified(self.euicc_key, signature.value, bytes(signed) + self.smdp_signature)
        if self.code and signed.find(0x04).value != hashed(self.code, self.transaction):
            raise RefusedError("8.2.7", "3.8")
        euicc_point = signed.find(0x5F49).value
        own = ec.generate_private_key(ec.SECP256R1())
        point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        bsp = Bsp.derive(shared_secret(own, euicc_point), HOST, self.eid)
        return self._pieces(bsp, point, euicc_point)

    def cancelled(self, answer: bytes) -> int:
        """cancelSession: check the card's statement; its reason."""
        signed, signature = _succeeded(answer).children
        assert verified(self.euicc_key, signature.value, bytes(signed))
        assert signed.find(0x80).value == self.transaction
        return signed.find(0x82).value[0]

    def _pieces(self, bsp: Bsp, point: bytes, euicc_point: bytes) -> list[bytes]:
        fields = (
            tlv(0x82, self.operation)
            + tlv(0x80, self.transaction)
            + tlv(0xA6, self.template)
            + tlv(0x5F49, point)
        )
        signature = self._signed(self.pki.dp_pb, fields + tlv(0x5F49, euicc_point))
        channel = tlv(0xBF23, fields, signature)
        configure = tlv(0xA0, bsp.protect(0x87, self.configure))
        about = self.metadata or metadata(self.elements)
        described = [bsp.protect(0x88, part, encrypt=False) for part in self._cut(about)]
        keys, made = b"", self.protected
        if self.replace_keys:
            made = self.protect()
        if made is not None:
            request = tlv(0xBF26, *(tlv(0x80 + i, key) for i, key in enumerate(made.keys)))
            keys, segments = tlv(0xA2, bsp.protect(0x87, request)), list(made.segments)
        else:
            segments = [bsp.protect(0x86, part) for part in self._cut(self.elements)]
        first = header(0xA1, described)
        last = header(0xA3, segments)
        body = [channel, configure, first, *described, keys, last, *segments]
        pieces = [header(0xBF36, body) + channel, *body[1:]]
        return [piece for piece in pieces if piece]

    def protect(self) -> Protected:
        """Protect the package for many cards."""
        return Protected.make(self._cut(self.elements))

    def _cut(self, data: bytes) -> list[bytes]:
        return [data[i : i + self.segment] for i in range(0, len(data), self.segment)]

    @staticmethod
    def _signed(one: Credential, data: bytes) -> bytes:
        return tlv(0x5F37, sign(one.key, data))


@lru_cache(10_000)
def holder(
    euicc: bytes, eum: bytes, ci: x509.Certificate
) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """An eUICC's key and EID, once its chain has been checked; cards come back with the same."""
    made = issued(euicc, issued(eum, ci))
    serial = made.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
    return made.public_key(), bytes.fromhex(serial[0].value)


@lru_cache(1000)
def issued(raw: bytes, issuer: x509.Certificate) -> x509.Certificate:
    """A certificate, once its signature has been checked."""
    found = x509.load_der_x509_certificate(raw)
    found.verify_directly_issued_by(issuer)
    return found


def _succeeded(answer: bytes) -> Tlv:
    """Return the card's answer unless it is an error."""
    (success, *_) = Tlv.parse(answer).children
    if success.tag != 0xA0:
        raise RefusedError("8.1", "6.1")
    return success


def hashed(code: str, transaction: bytes) -> bytes:
    """Return the form in which a confirmation code is sent."""
    return hashlib.sha256(hashlib.sha256(code.encode()).digest() + transaction).digest()


def header(tag: int, parts: list[bytes]) -> bytes:
    """Tag and length of a data object whose contents come in pieces."""
    return tag_bytes(tag) + length_bytes(sum(map(len, parts)))


@lru_cache(100)
def metadata(
    elements: bytes,
    *,
    kind: int = 2,
    policy: bytes = b"",
    owner: bytes = b"",
    notify: str = "testsmdpplus1.example.com",
) -> bytes:
    """StoreMetadata for a package."""
    parts = [
        tlv(0x5A, _iccid(elements)),
        tlv(0x91, b"Stand-in"),
        tlv(0x92, b"Downloaded"),
        tlv(0x95, bytes((kind,))),
        tlv(0xB6, tlv(0x30, tlv(0x80, bytes.fromhex("04F0")), tlv(0x81, notify.encode()))),
    ]
    parts += [tlv(0xB7, owner)] if owner else []
    parts += [tlv(0x99, policy)] if policy else []
    return tlv(0xBF25, *parts)


def _iccid(elements: bytes) -> bytes:
    """The ICCID in a header, whatever else is in the package, as EF.ICCID has it."""
    header, _ = tlv_at(elements)
    (digits,) = (part.value for part in header.children if part.tag == 0x83)
    return bytes(byte >> 4 | (byte & 15) << 4 for byte in digits)


def other_pki(eid: str) -> Pki:
    """A hierarchy that no demonstration card knows."""
    return Pki.make(eid, datetime(DEMO_START.year, 1, 1))
