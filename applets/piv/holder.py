"""Certificate fields that describe a card's holder beyond the common name.

Spec: RFC 5280, 4.2.1.4 (policies), 4.2.1.6 (alternative names), 4.2.1.13 (revocation lists) and
4.2.2.1 (OCSP); FIPS 201-3, 4.2.2 (FASC-N and UUID in two of the certificates).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from applets.shared.x509_issuer import Extension
from vcard.tlv import tlv

from .card_numbers import CardNumbers
from .codes import Slot

PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
FASC_N = x509.ObjectIdentifier("2.16.840.1.101.3.6.6")
OCTETS, TEXT = 0x04, 0x0C
NAMES_CARD = frozenset({Slot.AUTHENTICATION, Slot.CARD_AUTHENTICATION})
NAMES_NOBODY = Slot.CARD_AUTHENTICATION
"""The slot whose certificate does not name the holder, as its key requires no PIN."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Facts about a card's holder; empty fields are left out of the certificates.

    `upn` is the principal name that Windows, PKINIT and pam_pkcs11 look for; `ocsp` and `crl` are
    URLs, `policies` object identifiers; `numbers` identify the card where FIPS 201 requires it.
    """

    upn: str = ""
    email: str = ""
    ocsp: str = ""
    crl: str = ""
    policies: tuple[str, ...] = ()
    numbers: CardNumbers | None = None

    def extensions(self, slot: Slot) -> list[Extension]:
        """The extensions of a slot's certificate."""
        found: list[Extension] = []
        if names := self._names(slot):
            found.append((x509.SubjectAlternativeName(names), False))
        if self.policies:
            known = [x509.PolicyInformation(x509.ObjectIdentifier(p), None) for p in self.policies]
            found.append((x509.CertificatePolicies(known), False))
        if self.ocsp:
            place = x509.UniformResourceIdentifier(self.ocsp)
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
            found.append((x509.AuthorityInformationAccess([access]), False))
        if self.crl:
            where = [x509.UniformResourceIdentifier(self.crl)]
            point = x509.DistributionPoint(where, None, None, None)
            found.append((x509.CRLDistributionPoints([point]), False))
        return found

    def _names(self, slot: Slot) -> list[x509.GeneralName]:
        names: list[x509.GeneralName] = []
        about_card = self.numbers is not None and slot in NAMES_CARD
        if not about_card or slot is not NAMES_NOBODY:
            if self.upn:
                names.append(x509.OtherName(PRINCIPAL_NAME, tlv(TEXT, self.upn.encode())))
            if self.email:
                names.append(x509.RFC822Name(self.email))
        if about_card and self.numbers is not None:
            names.append(x509.OtherName(FASC_N, tlv(OCTETS, self.numbers.fasc_n)))
            urn = UUID(bytes=self.numbers.guid).urn
            names.append(x509.UniformResourceIdentifier(urn))
        return names
