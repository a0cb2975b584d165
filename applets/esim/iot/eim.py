"""An eIM for tests: it makes signed packages for IoT eUICCs, and reads their results.

    eim = Eim("eim.example.com")
    card ... AddInitialEim: eim.initial()
    card ... LoadEuiccPackage: eim.package(eid, enable(iccid, rollback=True))
    eim.outcomes(answer, certificate)      the results, their signature checked

Nothing is sent here. Spec: GSMA SGP.32, 2.11 (packages and their results).
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from applets.shared.credentials import Key, seeded
from applets.shared.der import integer
from vcard import Tlv, tlv

from ..signatures import sign, verified

FQDN_TYPE = 2


def enable(iccid: bytes, *, rollback: bool = False) -> bytes:
    """PSMO: enable a profile; with `rollback` the IPA may return to the previous one."""
    return tlv(0xA3, tlv(0x5A, iccid), tlv(0x05) if rollback else b"")


def disable(iccid: bytes) -> bytes:
    """PSMO: disable a profile."""
    return tlv(0xA4, tlv(0x5A, iccid))


def delete(iccid: bytes) -> bytes:
    """PSMO: delete a profile."""
    return tlv(0xA5, tlv(0x5A, iccid))


def list_profiles(tags: bytes = b"") -> bytes:
    """PSMO: list the profiles, with the fields of these tags or the usual ones."""
    return tlv(0xBF2D, tlv(0x5C, tags) if tags else b"")


def get_rat() -> bytes:
    """PSMO: the rules authorisation table."""
    return tlv(0xA6)


def configure_immediate(*, enabled: bool = True, server: bytes = b"", address: str = "") -> bytes:
    """PSMO: whether profiles of a server (contents of its OID, address) are enabled at once."""
    return tlv(
        0xA7,
        tlv(0x80) if enabled else b"",
        tlv(0x81, server) if server else b"",
        tlv(0x82, address.encode()) if address else b"",
    )


def set_fallback(iccid: bytes) -> bytes:
    """PSMO: make a profile the fallback profile."""
    return tlv(0xA8, tlv(0x5A, iccid))


def unset_fallback() -> bytes:
    """PSMO: have no fallback profile."""
    return tlv(0xA9)


def set_default_address(address: str) -> bytes:
    """PSMO: the default SM-DP+."""
    return tlv(0xBF65, tlv(0x80, address.encode()))


def delete_eim(identifier: str) -> bytes:
    """Eco: end the association with an eIM."""
    return tlv(0xA9, tlv(0x80, identifier.encode()))


def list_eims() -> bytes:
    """Eco: the associated eIMs."""
    return tlv(0xAB)


class Eim:
    """One eIM.

    Its key is derived from its name unless one is given; `token` is the association token that the
    card assigned. `counter` is the last value used; each package increments it.
    """

    def __init__(
        self,
        identifier: str,
        *,
        key: Key | None = None,
        certificate: x509.Certificate | None = None,
        fqdn: str = "",
        counter: int = 0,
    ) -> None:
        self.identifier, self.fqdn = identifier, fqdn or identifier
        self.key = key or seeded(identifier)
        self.certificate = certificate
        self.counter, self.token = counter, 0

    def fields(self, *, token: bool = False) -> bytes:
        """The fields of EimConfigurationData; `token` asks the card for an association token."""
        return b"".join(
            (
                tlv(0x80, self.identifier.encode()),
                tlv(0x81, self.fqdn.encode()),
                tlv(0x82, bytes((FQDN_TYPE,))),
                tlv(0x83, integer(self.counter)),
                tlv(0x84, b"\xff") if token else b"",
                tlv(0xA5, self._public_key()),
            )
        )

    def _public_key(self) -> bytes:
        if self.certificate is not None:
            der = self.certificate.public_bytes(serialization.Encoding.DER)
            return tlv(0xA1, Tlv.parse(der).value)
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return tlv(0xA0, Tlv.parse(der).value)

    def initial(self, *others: Eim, token: bool = False) -> bytes:
        """AddInitialEim, for this eIM and others."""
        all_of_them = (tlv(0x30, one.fields(token=token)) for one in (self, *others))
        return tlv(0xBF57, tlv(0xA0, *all_of_them))

    def add(self, *, token: bool = False) -> bytes:
        """Eco for another eIM's package: associate with this one."""
        return tlv(0xA8, self.fields(token=token))

    def update(self) -> bytes:
        """Eco: this eIM's configuration as it is now."""
        return tlv(0xAA, self.fields())

    def package(self, eid: str, *operations: bytes, transaction: bytes = b"") -> bytes:
        """LoadEuiccPackage: operations on profiles."""
        return self._package(0xA0, eid, operations, transaction)

    def eim_package(self, eid: str, *operations: bytes, transaction: bytes = b"") -> bytes:
        """LoadEuiccPackage: operations on eIMs."""
        return self._package(0xA1, eid, operations, transaction)

    def _package(
        self, kind: int, eid: str, operations: tuple[bytes, ...], transaction: bytes
    ) -> bytes:
        self.counter += 1
        signed = tlv(
            0x30,
            tlv(0x80, self.identifier.encode()),
            tlv(0x5A, bytes.fromhex(eid)),
            tlv(0x81, integer(self.counter)),
            tlv(0x82, transaction) if transaction else b"",
            tlv(kind, *operations),
        )
        return tlv(0xBF51, signed, tlv(0x5F37, sign(self.key, signed + self._token())))

    def _token(self) -> bytes:
        return tlv(0x84, integer(self.token))

    def outcomes(self, answer: bytes, euicc: x509.Certificate) -> list[Tlv]:
        """The results in EuiccPackageResult; ValueError unless it is this eIM's, signed by `euicc`.

        A signed error is its code, as an INTEGER.
        """
        (kind,) = Tlv.parse(answer).children
        if kind.tag == 0xA2:
            raise ValueError("the card does not know the package's signature")
        data, signature = kind.children
        key = euicc.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        if not verified(key, signature.value, bytes(data) + self._token()):
            raise ValueError("the card's signature is wrong")
        fields = data.children
        if fields[0].value != self.identifier.encode():
            raise ValueError("the result is for another eIM")
        return fields[-1].children if kind.tag == 0xA0 else fields[-1:]
