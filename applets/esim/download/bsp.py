"""The protection of bound profile packages: session keys, MACs and encryption of segments.

Spec: GSMA SGP.22, 2.6.4 (BSP, AES-128 with CBC and CMAC). Wrong input raises ValueError.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from vcard.tlv import length_bytes, read_length, read_tag

KEY_TYPE_AES, KEY_LENGTH = 0x88, 0x10
MAC_SIZE = 8


def shared_secret(private: ec.EllipticCurvePrivateKey, point: bytes) -> bytes:
    """Compute the ECDH secret with an uncompressed point; ValueError if it is not on the curve."""
    other = ec.EllipticCurvePublicKey.from_encoded_point(private.curve, point)
    return private.exchange(ec.ECDH(), other)


@dataclass(slots=True)
class Bsp:
    """The protection state of one package on the card; the server keeps the same state.

    `chain` is the MAC chaining value; `counter` counts data blocks from 1, encrypted or not.
    """

    s_enc: bytes
    s_mac: bytes
    chain: bytes
    counter: int = 1
    _vectors: CipherContext = field(init=False, repr=False)
    """Encrypts a block counter: the initial vector of the block, one block of ECB by definition."""

    def __post_init__(self) -> None:
        key = algorithms.AES(self.s_enc)
        self._vectors = Cipher(key, modes.ECB()).encryptor()  # noqa: S305 - the standard's own mode

    @classmethod
    def derive(cls, secret: bytes, host_id: bytes, eid: bytes) -> Bsp:
        """Derive the keys from the shared secret, the host identifier and the EID (16 bytes).

        Spec: GSMA SGP.22, 2.6.4.2; annex G (X9.63 with SHA-256: chaining value, S-ENC, S-MAC).
        """
        info = bytes((KEY_TYPE_AES, KEY_LENGTH))
        for part in (host_id, eid):
            info += length_bytes(len(part)) + part
        keys = X963KDF(SHA256(), 3 * KEY_LENGTH, info).derive(secret)
        return cls(keys[16:32], keys[32:], keys[:16])

    def open(self, segment: bytes, *, encrypted: bool = True) -> bytes:
        """Check the MAC of a data object in constant time, and return its plain data.

        ValueError if the MAC is wrong or missing, or the ciphertext is not whole, padded blocks.
        """
        _, start = read_length(segment, read_tag(segment)[1])
        if len(segment) < start + MAC_SIZE:
            raise ValueError(f"offset {start}: no room for a MAC")
        head, mac = segment[:-MAC_SIZE], segment[-MAC_SIZE:]
        if not hmac.compare_digest(self._mac(head), mac):
            raise ValueError("the MAC is wrong")
        data = head[start:]
        if encrypted:
            data = _unpadded(self._decrypted(data))
        self.counter += 1
        return data

    def _decrypted(self, data: bytes) -> bytes:
        if not data or len(data) % 16:
            raise ValueError(f"{len(data)} bytes are not whole cipher blocks")
        return self._cbc().decryptor().update(data)

    def _mac(self, head: bytes) -> bytes:
        cmac = CMAC(algorithms.AES(self.s_mac))
        cmac.update(self.chain + head)
        self.chain = cmac.finalize()
        return self.chain[:MAC_SIZE]

    def _cbc(self) -> Cipher[modes.CBC]:
        vector = self._vectors.update(self.counter.to_bytes(16, "big"))
        return Cipher(algorithms.AES(self.s_enc), modes.CBC(vector))


def _unpadded(padded: bytes) -> bytes:
    stripped = padded.rstrip(b"\0")
    if not stripped.endswith(b"\x80"):
        raise ValueError("the padding is wrong")
    return stripped[:-1]
