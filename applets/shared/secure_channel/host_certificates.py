"""The certificates of a host's key, for SCP11a and c.

Spec: GlobalPlatform Amendment F 1.4, 6 (certificates), 7.5 (PERFORM SECURITY OPERATION); RFC 5280.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec


class HostChain:
    """Certificates sent one by one, each signed by the previous one, the first by a CA.

    `key` is the host's once the chain is complete. `allowed` are the serial numbers that the last
    certificate may have; all are allowed if it is empty.
    """

    def __init__(
        self, reference: tuple[int, int], ca: ec.EllipticCurvePublicKey, allowed: frozenset[int]
    ) -> None:
        self.reference = reference
        self.key: ec.EllipticCurvePublicKey | None = None
        self._issuer = ca
        self._allowed = allowed

    def begins_with(self, der: bytes) -> bool:
        """Whether a certificate may come next."""
        try:
            self._checked(der)
        except ValueError:
            return False
        return True

    def add(self, der: bytes, *, last: bool) -> None:
        """Check the next certificate; ValueError if it may not come next."""
        certificate, subject = self._checked(der)
        if last:
            if self._allowed and certificate.serial_number not in self._allowed:
                raise ValueError("the certificate's serial number is not allowed")
            self.key = subject
        self._issuer = subject

    def _checked(self, der: bytes) -> tuple[x509.Certificate, ec.EllipticCurvePublicKey]:
        certificate = x509.load_der_x509_certificate(der)
        subject = certificate.public_key()
        algorithm = certificate.signature_hash_algorithm
        if not isinstance(subject, ec.EllipticCurvePublicKey) or algorithm is None:
            raise ValueError("a host's certificate is not for a key on a curve")
        try:
            self._issuer.verify(
                certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(algorithm)
            )
        except InvalidSignature:
            raise ValueError("the certificate is not signed by the key before it") from None
        return certificate, subject
