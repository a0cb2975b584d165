"""Downloading a profile: from the challenge to the bound package. All state here is volatile.

Each function takes the data object of a command and returns that of its response; a server's
mistake is answered with the error code that the standard defines for it.
Spec: GSMA SGP.22, 3.1.3; 5.7.5 (PrepareDownload), 5.7.6 (LoadBoundProfilePackage), 5.7.7
(GetEUICCChallenge), 5.7.13 (AuthenticateServer), 5.7.14 (CancelSession).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vcard import SW, Tlv, tlv

from ..certificates import CertificateError, Fault, Server, check
from ..core import Core
from ..pki.issuing import DP_AUTH, DP_PB, DS_AUTH
from ..signatures import SIGNATURE, signature_object
from .package import BoundPackage

ONE_TIME_KEY = 0x5F49
CHALLENGE_SIZE = 16


class AuthenticateError(IntEnum):
    """AuthenticateErrorCode."""

    CERTIFICATE = 1
    SIGNATURE = 2
    CURVE = 3
    NO_SESSION = 4
    OID = 5
    CHALLENGE = 6
    ISSUER_UNKNOWN = 7
    UNDEFINED = 127


class DownloadError(IntEnum):
    """DownloadErrorCode."""

    CERTIFICATE = 1
    SIGNATURE = 2
    CURVE = 3
    NO_SESSION = 4
    TRANSACTION_ID = 5
    UNDEFINED = 127


INVALID_TRANSACTION_ID, UNDEFINED_ERROR = 5, 127
"""CancelSession's error if there is no such session."""
_AUTHENTICATE_FAULTS = {
    Fault.CERTIFICATE: AuthenticateError.CERTIFICATE,
    Fault.CURVE: AuthenticateError.CURVE,
    Fault.ROLE: AuthenticateError.OID,
}
_DOWNLOAD_FAULTS = {
    Fault.CERTIFICATE: DownloadError.CERTIFICATE,
    Fault.CURVE: DownloadError.CURVE,
    Fault.ROLE: DownloadError.CERTIFICATE,
}


@dataclass(slots=True)
class Session:
    """A session with an authenticated server."""

    transaction: bytes
    address: str
    issuer: bytes
    server: Server
    signature: bytes
    """euiccSignature1 as a data object, which the server signs as well."""
    binder: Server | None = None
    key: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)


class Download:
    """The functions by tag (`commands`), and `load` for package segments."""

    def __init__(self, core: Core, info: Callable[[], bytes]) -> None:
        self.core = core
        self._info = info
        self._challenge: bytes | None = None
        self._session: Session | None = None
        self._package: BoundPackage | None = None
        self._key: ec.EllipticCurvePrivateKey | None = None
        self.completed: tuple[bytes, str, bytes] | None = None
        """The last installation since the reset: ICCID, the server's address and OID."""
        self.commands: dict[int, Callable[[Tlv, int], bytes]] = {
            0xBF2E: self.get_challenge,
            0xBF38: self.authenticate_server,
            0xBF21: self.prepare,
            0xBF41: self.cancel,
        }

    @property
    def progress(self) -> tuple[str, int, int] | None:
        """Progress of a download for a panel: name, bytes received, total."""
        return None if self._package is None else ("download", *self._package.progress)

    def reset(self) -> None:
        """Clear everything, as a card reset does."""
        self._challenge = self._session = self._package = self._key = self.completed = None

    def get_challenge(self, _request: Tlv, _port: int) -> bytes:
        """GetEUICCChallenge; ends an open session."""
        self._session = self._package = None
        self._challenge = self.core.random(CHALLENGE_SIZE)
        return tlv(0xBF2E, tlv(0x80, self._challenge))

    # AuthenticateServer

    def authenticate_server(self, request: Tlv, _port: int) -> bytes:
        """AuthenticateServer."""
        signed, signature, issuer, certificate, context = _fields(
            request, (0x30, SIGNATURE, 0x04, 0x30, 0xA0)
        )
        transaction = _value(signed, 0x80)
        try:
            session = self._authenticated(signed, signature, issuer, certificate)
        except _Failure as failure:
            self._session = None
            return _refusal(0xBF38, transaction, failure.number)
        own = tlv(
            0x30,
            tlv(0x80, transaction),
            tlv(0x83, session.address.encode()),
            tlv(0x84, _value(signed, 0x84)),
            self._info(),
            context,
        )
        session.signature = signature_object(self.core.euicc.key, own)
        self._session, self._challenge = session, None
        chain = (self.core.euicc.der, self.core.eum)
        return tlv(0xBF38, tlv(0xA0, own, session.signature, *chain))

    def _authenticated(self, signed: Tlv, signature: Tlv, issuer: Tlv, certificate: Tlv) -> Session:
        """Check everything about the server and open a session; raises _Failure."""
        known = self.core.issuers.get(issuer.value)
        if known is None:
            raise _Failure(AuthenticateError.ISSUER_UNKNOWN)
        try:
            server = check(bytes(certificate), known, (DP_AUTH, DS_AUTH), self.core.clock())
        except CertificateError as error:
            raise _Failure(_AUTHENTICATE_FAULTS[error.fault]) from None
        if not server.signed(signature.value, bytes(signed)):
            raise _Failure(AuthenticateError.SIGNATURE)
        if self._challenge is None:
            raise _Failure(AuthenticateError.NO_SESSION)
        if not hmac.compare_digest(_value(signed, 0x81), self._challenge):
            raise _Failure(AuthenticateError.CHALLENGE)
        try:
            address = _value(signed, 0x83).decode()
        except UnicodeDecodeError:
            raise _Failure(AuthenticateError.UNDEFINED) from None
        return Session(_value(signed, 0x80), address, issuer.value, server, b"")

    # PrepareDownload

    def prepare(self, request: Tlv, _port: int) -> bytes:
        """PrepareDownload: return a one-time key for the package; 6A80 for missing fields."""
        parts = request.children
        if [part.tag for part in parts] not in ([0x30, SIGNATURE, 0x30], _WITH_CODE):
            raise SW.WRONG_DATA
        signed, signature, *code, certificate = parts
        transaction = _value(signed, 0x80)
        try:
            session = self._prepared(signed, signature, certificate, transaction)
        except _Failure as failure:
            return _refusal(0xBF21, transaction, failure.number)
        confirmation = signed.find(0x01)
        if confirmation is not None and any(confirmation.value) and not code:
            return _refusal(0xBF21, transaction, DownloadError.UNDEFINED)
        named = signed.find(ONE_TIME_KEY)
        session.key = self._one_time_key(None if named is None else named.value)
        own = tlv(0x30, tlv(0x80, transaction), tlv(ONE_TIME_KEY, point(session.key)), *code)
        proof = signature_object(self.core.euicc.key, own + bytes(signature))
        return tlv(0xBF21, tlv(0xA0, own, proof))

    def _prepared(
        self, signed: Tlv, signature: Tlv, certificate: Tlv, transaction: bytes
    ) -> Session:
        session = self._session
        if session is None:
            raise _Failure(DownloadError.NO_SESSION)
        if transaction != session.transaction:
            raise _Failure(DownloadError.TRANSACTION_ID)
        issuer = self.core.issuers[session.issuer]
        try:
            binder = check(bytes(certificate), issuer, (DP_PB,), self.core.clock())
        except CertificateError as error:
            raise _Failure(_DOWNLOAD_FAULTS[error.fault]) from None
        if binder.oid != session.server.oid:
            raise _Failure(DownloadError.CERTIFICATE)
        if not binder.signed(signature.value, bytes(signed) + session.signature):
            raise _Failure(DownloadError.SIGNATURE)
        session.binder = binder
        return session

    def _one_time_key(self, named: bytes | None) -> ec.EllipticCurvePrivateKey:
        """Make a key pair, or take the last one if the server has bound a package to it."""
        if self._key is None or named != point(self._key):
            self._key = ec.generate_private_key(ec.SECP256R1())
        return self._key

    # LoadBoundProfilePackage

    @staticmethod
    def wants(data: bytes) -> bool:
        """Whether the data are a piece of a package, not a function."""
        return data[:2] == b"\xbf\x36" or data[0] in (0xA0, 0xA1, 0xA2, 0xA3, 0x86, 0x87, 0x88)

    def load(self, data: bytes) -> bytes:
        """Process a piece of the package; return the installation result at its end.

        6985 before PrepareDownload.
        """
        session = self._session
        if session is None or session.key is None or session.binder is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        if self._package is None:
            self._package = BoundPackage(
                self.core,
                session.transaction,
                session.address,
                session.binder,
                session.key,
            )
        result = self._package.feed(data)
        if result:
            iccid = _installed(result)
            if iccid:
                self.completed = (iccid, session.address, session.server.oid_bytes)
            self._session = self._package = self._key = None
        return result

    # CancelSession

    def cancel(self, request: Tlv, _port: int) -> bytes:
        """CancelSession: return a signed reason for the server."""
        transaction, reason = _value(request, 0x80), _value(request, 0x81)
        session = self._session
        if session is None or session.transaction != transaction:
            return tlv(0xBF41, tlv(0x81, bytes((INVALID_TRANSACTION_ID,))))
        if len(reason) != 1:
            return tlv(0xBF41, tlv(0x81, bytes((UNDEFINED_ERROR,))))
        self._session = self._package = None
        said = tlv(
            0x30, tlv(0x80, transaction), tlv(0x81, session.server.oid_bytes), tlv(0x82, reason)
        )
        return tlv(0xBF41, tlv(0xA0, said, signature_object(self.core.euicc.key, said)))


_WITH_CODE = [0x30, SIGNATURE, 0x04, 0x30]


class _Failure(Exception):  # noqa: N818 - an answer, not a fault
    def __init__(self, number: IntEnum) -> None:
        super().__init__(number)
        self.number = number


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _fields(request: Tlv, tags: tuple[int, ...]) -> list[Tlv]:
    """The fields with these tags; raises 6A80 if one is missing."""
    parts = request.children
    if tuple(part.tag for part in parts) != tags:
        raise SW.WRONG_DATA
    return parts


def _value(where: Tlv, tag: int) -> bytes:
    found = where.find(tag)
    if found is None:
        raise SW.WRONG_DATA
    return found.value


def _installed(result: bytes) -> bytes:
    """The ICCID in a ProfileInstallationResult; empty for a failure."""
    said = Tlv.parse(result)
    iccid = said.find(0xBF27, 0xBF2F, 0x5A)
    return b"" if iccid is None or said.find(0xBF27, 0xA2, 0xA0) is None else iccid.value


def _refusal(tag: int, transaction: bytes, number: IntEnum) -> bytes:
    return tlv(tag, tlv(0xA1, tlv(0x80, transaction), tlv(0x02, bytes((number,)))))
