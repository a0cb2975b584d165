"""PIN/UV auth protocols one and two: key agreement, encryption and MACs between platform and card.

Spec: CTAP 2.1, 6.5.6 and 6.5.7.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .algorithms import Cose, ec_cose
from .codes import CtapError, Status
from .fields import Fields, required

ECDH_ES_HKDF_256 = -25
PROTOCOLS = (1, 2)
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The keys that platform and authenticator agreed on; the repr hides them."""

    protocol: int
    mac_key: bytes = field(repr=False)
    key: bytes = field(repr=False)

    def encrypt(self, plain: bytes) -> bytes:
        """Encrypt whole blocks; protocol two puts a random IV before them."""
        iv = bytes(_BLOCK) if self.protocol == 1 else secrets.token_bytes(_BLOCK)
        encryptor = Cipher(AES(self.key), CBC(iv)).encryptor()
        sent = encryptor.update(plain) + encryptor.finalize()
        return sent if self.protocol == 1 else iv + sent

    def decrypt(self, sent: bytes) -> bytes:
        """Decrypt; INVALID_PARAMETER if the bytes are not whole blocks."""
        iv, blocks = (bytes(_BLOCK), sent) if self.protocol == 1 else (sent[:16], sent[16:])
        if len(iv) != _BLOCK or not blocks or len(blocks) % _BLOCK:
            raise CtapError(Status.INVALID_PARAMETER)
        decryptor = Cipher(AES(self.key), CBC(iv)).decryptor()
        return decryptor.update(blocks) + decryptor.finalize()

    def verify(self, message: bytes, mac: bytes) -> None:
        """Verify a MAC made with the shared secret; PIN_AUTH_INVALID if it differs."""
        verify(self.protocol, self.mac_key, message, mac)


def mac(protocol: int, key: bytes, message: bytes) -> bytes:
    """Authenticate a message: 16 bytes in protocol one, 32 in protocol two."""
    digest = hmac.new(key, message, hashlib.sha256).digest()
    return digest[:16] if protocol == 1 else digest


def verify(protocol: int, key: bytes, message: bytes, given: bytes) -> None:
    """Verify a MAC; PIN_AUTH_INVALID if it differs."""
    if not hmac.compare_digest(mac(protocol, key, message), given):
        raise CtapError(Status.PIN_AUTH_INVALID)


class KeyAgreement:
    """The authenticator's key agreement key; a new one after each power-up and wrong PIN."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Make a new key, which invalidates earlier shared secrets."""
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> Cose:
        """The public key as COSE_Key."""
        return ec_cose(self._key.public_key(), ECDH_ES_HKDF_256, 1)

    def agree(self, protocol: int, peer: Fields) -> SharedSecret:
        """Agree with the platform's public key; INVALID_PARAMETER if it is not on the curve."""
        z = self._key.exchange(ec.ECDH(), _point(peer))
        if protocol == 1:
            key = hashlib.sha256(z).digest()
            return SharedSecret(1, key, key)
        return SharedSecret(2, _expand(z, b"CTAP2 HMAC key"), _expand(z, b"CTAP2 AES key"))


def _expand(z: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, bytes(32), info).derive(z)


def _point(peer: Fields) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(required(peer, key, bytes), "big") for key in (-2, -3))
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError:
        raise CtapError(Status.INVALID_PARAMETER) from None


def protocol_of(fields: Fields, key: int) -> int:
    """Read the number of a protocol; INVALID_PARAMETER for an unknown one."""
    protocol = required(fields, key, int)
    if protocol not in PROTOCOLS:
        raise CtapError(Status.INVALID_PARAMETER)
    return protocol
