"""A test hierarchy of certificates: CI, EUM, eUICC and the SM-DP+'s three.

Spec: GSMA SGP.26 (test certificates) for the names of the files, which test servers expect. Nothing
is read or written here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from applets.shared.credentials import Credential, Key, KeyMaker, fresh, seeded

from .issuing import (
    CI,
    DP_AUTH,
    DP_PB,
    DP_TLS,
    EUICC,
    EUM,
    Plan,
    issue,
)

DEMO_START = datetime(2024, 1, 1)
SERVER_OID = "2.999.10"
SERVER_NAME = "testsmdpplus1.example.com"


@dataclass(frozen=True, slots=True)
class Chain:
    """A card's credentials: certificates of the trusted CI, its maker and itself, and its key."""

    ci: x509.Certificate
    eum: x509.Certificate
    euicc: Credential

    @classmethod
    def from_pem(cls, text: str) -> Chain:
        """Load three certificates (CI, EUM, eUICC) and a key, one after the other.

        ValueError if one of them is missing or of another kind.
        """
        certificates = x509.load_pem_x509_certificates(text.encode())
        if len(certificates) != 3:
            raise ValueError(f"a card has 3 certificates (CI, EUM, eUICC), not {len(certificates)}")
        start = text.find("-----BEGIN", text.rfind("-----END CERTIFICATE"))
        ci, eum, euicc = certificates
        return cls(ci, eum, Credential(euicc, _key(text[start:].encode())))

    @property
    def eid(self) -> str:
        """The EID that the eUICC's certificate names; ValueError if it names none."""
        subject = self.euicc.certificate.subject
        serials = subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
        if len(serials) != 1:
            raise ValueError("the eUICC's certificate names no EID")
        return str(serials[0].value)


@dataclass(frozen=True, slots=True)
class Pki:
    """The whole hierarchy. `euicc` can be reissued for other EIDs by `for_eid`."""

    ci: Credential
    eum: Credential
    euicc: Credential
    dp_auth: Credential
    dp_pb: Credential
    dp_tls: Credential

    @classmethod
    def make(
        cls,
        eid: str,
        start: datetime,
        keys: KeyMaker | None = None,
        *,
        server: str = SERVER_NAME,
        server_oid: str = SERVER_OID,
    ) -> Pki:
        """A hierarchy valid from `start` for 30 years, with fresh keys unless `keys` makes them."""
        make = keys or fresh
        ci = issue(Plan("vcard Test CI", CI, is_ca=True), start, make("CI"))
        eum_plan = Plan("vcard Test EUM", EUM, is_ca=True, eid_prefix=eid[:8])
        eum = issue(eum_plan, start, make("EUM"), ci)
        names = (x509.RegisteredID(x509.ObjectIdentifier(server_oid)),)

        def server_side(name: str, role: str, *more: x509.GeneralName) -> Credential:
            return issue(Plan(name, role, names=names + more), start, make(name), ci)

        return cls(
            ci,
            eum,
            _euicc(eum, eid, start, make(eid)),
            server_side("vcard Test DPauth", DP_AUTH),
            server_side("vcard Test DPpb", DP_PB),
            server_side(server, DP_TLS, x509.DNSName(server)),
        )

    @classmethod
    def demo(cls, eid: str) -> Pki:
        """The hierarchy of the demonstration cards, its keys derived from a published seed.

        Every process makes the same one, and nothing has to be stored. It protects nothing.
        """
        return _demo(eid[:8]).for_eid(eid, seeded)

    @property
    def chain(self) -> Chain:
        """Return the credentials for a card of this hierarchy."""
        return Chain(self.ci.certificate, self.eum.certificate, self.euicc)

    def for_eid(self, eid: str, keys: KeyMaker | None = None) -> Pki:
        """Return the same hierarchy with another eUICC certificate, for a fleet."""
        start = self.eum.certificate.not_valid_before_utc.replace(tzinfo=None)
        return replace(self, euicc=_euicc(self.eum, eid, start, (keys or fresh)(eid)))

    def files(self) -> dict[str, bytes]:
        """Return paths and contents of files, in the layout of SGP.26 that test servers read.

        The CI's key has a folder of its own, as servers read every file of CertificateIssuer as a
        certificate.
        """
        found = {}
        for folder, stem, one in (
            ("CertificateIssuer", "CI_ECDSA_NIST", self.ci),
            ("EUM", "EUM_ECDSA_NIST", self.eum),
            ("eUICC", "EUICC_ECDSA_NIST", self.euicc),
            ("DPauth", "S_SM_DPauth_ECDSA_NIST", self.dp_auth),
            ("DPpb", "S_SM_DPpb_ECDSA_NIST", self.dp_pb),
            ("DPtls", "S_SM_DP_TLS_NIST", self.dp_tls),
        ):
            secret = "CertificateIssuerKey" if one is self.ci else folder
            found[f"{folder}/CERT_{stem}.der"] = one.der
            found[f"{folder}/CERT_{stem}.pem"] = one.pem
            found[f"{secret}/SK_{stem}.pem"] = one.key_pem
        return found

    @classmethod
    def read(cls, load: Callable[[str], bytes]) -> Pki:
        """Load files in the same layout; `load` returns the contents for a name.

        ValueError if the content of a file does not match its name.
        """
        return cls(
            *(
                _read(load, folder, stem, secret)
                for folder, stem, secret in (
                    ("CertificateIssuer", "CI_ECDSA_NIST", "CertificateIssuerKey"),
                    ("EUM", "EUM_ECDSA_NIST", "EUM"),
                    ("eUICC", "EUICC_ECDSA_NIST", "eUICC"),
                    ("DPauth", "S_SM_DPauth_ECDSA_NIST", "DPauth"),
                    ("DPpb", "S_SM_DPpb_ECDSA_NIST", "DPpb"),
                    ("DPtls", "S_SM_DP_TLS_NIST", "DPtls"),
                )
            )
        )


@lru_cache(maxsize=8)
def _demo(issuer: str) -> Pki:
    """The part that all demonstration cards of an EUM share, so that a fleet is made faster."""
    return Pki.make(issuer.ljust(32, "0"), DEMO_START, seeded)


def _euicc(eum: Credential, eid: str, start: datetime, key: Key) -> Credential:
    return issue(Plan("vcard Test eUICC", EUICC, serial=eid), start, key, eum)


def _read(load: Callable[[str], bytes], folder: str, stem: str, secret: str) -> Credential:
    certificate = x509.load_der_x509_certificate(load(f"{folder}/CERT_{stem}.der"))
    return Credential(certificate, _key(load(f"{secret}/SK_{stem}.pem")))


def _key(pem: bytes) -> Key:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key is not one of an elliptic curve")  # noqa: TRY004 - of a file
    return key
