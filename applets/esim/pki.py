"""A test hierarchy of certificates: CI, EUM, eUICC and the SM-DP+'s three.

Spec: GSMA SGP.22, 4.5.2 (profiles of certificates); SGP.26 (test certificates) for the names of
the files, which test servers expect. Nothing is read or written here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROLE = "2.23.146.1.2.1."
"""The policies that name a certificate's role (Spec: SGP.22, annex H)."""
CI, EUICC, EUM, DP_TLS, DP_AUTH, DP_PB = (ROLE + last for last in "012345")


DEMO_SEED = b"vcard demonstration"
DEMO_START = datetime(2024, 1, 1)
YEARS = timedelta(days=365 * 30)
SERVER_OID = "2.999.10"
SERVER_NAME = "testsmdpplus1.example.com"

Key = ec.EllipticCurvePrivateKey
KeyMaker = Callable[[str], Key]


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key, PEM, not encrypted: test keys are for tests."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def key_id(self) -> bytes:
        """The subject key identifier, 20 bytes."""
        extension = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        return extension.value.digest


@dataclass(frozen=True, slots=True)
class Chain:
    """What a card holds: the CI's certificate that it trusts, its maker's, its own and the key."""

    ci: x509.Certificate
    eum: x509.Certificate
    euicc: Credential

    @classmethod
    def from_pem(cls, text: str) -> Chain:
        """From three certificates (CI, EUM, eUICC) and a key, one behind the other.

        ValueError if one of them is missing or is not what it should be.
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
        make = keys or _fresh
        ci = _issue(Plan("vcard Test CI", CI, is_ca=True), start, make("CI"))
        eum_plan = Plan("vcard Test EUM", EUM, is_ca=True, eid_prefix=eid[:8])
        eum = _issue(eum_plan, start, make("EUM"), ci)
        names = (x509.RegisteredID(x509.ObjectIdentifier(server_oid)),)

        def server_side(name: str, role: str, *more: x509.GeneralName) -> Credential:
            return _issue(Plan(name, role, names=names + more), start, make(name), ci)

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
        """The hierarchy of the demonstration cards: its keys follow from a published seed.

        So every process makes the same one and nothing has to be stored. It protects nothing.
        """
        return cls.make(eid, DEMO_START, _seeded)

    @property
    def chain(self) -> Chain:
        """What a card of this hierarchy holds."""
        return Chain(self.ci.certificate, self.eum.certificate, self.euicc)

    def for_eid(self, eid: str, keys: KeyMaker | None = None) -> Pki:
        """The same hierarchy with another eUICC certificate, for a fleet."""
        start = self.eum.certificate.not_valid_before_utc.replace(tzinfo=None)
        return replace(self, euicc=_euicc(self.eum, eid, start, (keys or _fresh)(eid)))

    def files(self) -> dict[str, bytes]:
        """What is to be written where, in the layout of SGP.26 that test servers read.

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
        """From files in the same layout; `load` gives the contents for a name.

        ValueError if one of them is not what its name says.
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


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to stand in a certificate."""

    name: str
    role: str
    is_ca: bool = False
    serial: str = ""
    eid_prefix: str = ""
    names: tuple[x509.GeneralName, ...] = ()

    @property
    def subject(self) -> x509.Name:
        """The subject; an eUICC's carries its EID as serial number."""
        parts = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "vcard"),
        ]
        if self.serial:
            parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, self.serial))
        return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, self.name)])


def _euicc(eum: Credential, eid: str, start: datetime, key: Key) -> Credential:
    return _issue(Plan("vcard Test eUICC", EUICC, serial=eid), start, key, eum)


def _issue(plan: Plan, start: datetime, key: Key, issuer: Credential | None = None) -> Credential:
    """A certificate for `key`, signed by the issuer or by itself."""
    signer = key if issuer is None else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(plan.subject)
        .issuer_name(plan.subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(_serial(plan, key))
        .not_valid_before(start)
        .not_valid_after(start + YEARS)
    )
    for extension, critical in _extensions(plan, key, signer):
        builder = builder.add_extension(extension, critical=critical)
    return Credential(builder.sign(signer, hashes.SHA256(), ecdsa_deterministic=True), key)


def _extensions(plan: Plan, key: Key, signer: Key) -> list[tuple[x509.ExtensionType, bool]]:
    policy = x509.PolicyInformation(x509.ObjectIdentifier(plan.role), None)
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
        (_usage(is_ca=plan.is_ca), True),
        (x509.CertificatePolicies([policy]), True),
    ]
    if plan.is_ca:
        found.append((x509.BasicConstraints(ca=True, path_length=None), True))
    if plan.eid_prefix:
        found.append((_constraint(plan.eid_prefix), True))
    if plan.names:
        found.append((x509.SubjectAlternativeName(plan.names), False))
    return found


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _constraint(prefix: str) -> x509.NameConstraints:
    """An EUM certifies EIDs that begin with its own identification number only."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "vcard"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, prefix),
        ]
    )
    return x509.NameConstraints([x509.DirectoryName(name)], None)


def _serial(plan: Plan, key: Key) -> int:
    """A serial number that follows from name and key, so that the demonstration repeats itself."""
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    digest = hashlib.sha256(plan.name.encode() + plan.serial.encode() + point).digest()
    return int.from_bytes(digest[:15], "big") | 1


def _fresh(name: str) -> Key:  # noqa: ARG001 - the seeded maker needs the name
    return ec.generate_private_key(ec.SECP256R1())


def _seeded(name: str) -> Key:
    digest = hashlib.sha512(DEMO_SEED + name.encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest[:31], "big") + 1, ec.SECP256R1())


def _read(load: Callable[[str], bytes], folder: str, stem: str, secret: str) -> Credential:
    certificate = x509.load_der_x509_certificate(load(f"{folder}/CERT_{stem}.der"))
    return Credential(certificate, _key(load(f"{secret}/SK_{stem}.pem")))


def _key(pem: bytes) -> Key:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key is not one of an elliptic curve")  # noqa: TRY004 - of a file
    return key
