"""RSA keys: PKCS #1 v1.5 signatures, decipherment, and the raw operation.

Spec: RFC 8017, 5 (primitives), 7.2 and 8.2 (PKCS #1 v1.5 padding).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import padding, rsa

from applets.shared.bare_rsa import private_operation

from .kind import PrivateKey

PUBLIC_EXPONENT = 65537
SHORTEST_FILLER = 8
"""Bytes of PKCS #1 v1.5 filler; with 00, the block type and 00 that makes 11 bytes."""


@dataclass(frozen=True, slots=True)
class Rsa:
    """RSA with a modulus of `bits` bits (1024 to 4096)."""

    bits: int

    @property
    def name(self) -> str:
        """RSA-2048 and the like."""
        return f"RSA-{self.bits}"

    @property
    def size(self) -> int:
        """The length of modulus, block and signature in bytes."""
        return (self.bits + 7) // 8

    def generate(self) -> PrivateKey:
        """Make a new key pair with exponent 65537 (RSA-4096 takes seconds)."""
        return rsa.generate_private_key(PUBLIC_EXPONENT, self.bits)

    def build(
        self,
        p: bytes,
        q: bytes,
        *,
        exponent: int = PUBLIC_EXPONENT,
        crt: Mapping[str, bytes] | None = None,
    ) -> PrivateKey:
        """Import a key from its primes, big-endian.

        `crt` are the host's values `dp`, `dq` and `qinv`, as far as it sent them; they are only
        checked. ValueError if the modulus has another length, a CRT value is wrong, or a number is
        not prime.
        """
        first, second = int.from_bytes(p, "big"), int.from_bytes(q, "big")
        if (first * second).bit_length() != self.bits:
            raise ValueError(f"p and q do not make a modulus of {self.bits} bits")
        d = rsa.rsa_recover_private_exponent(exponent, first, second)
        own = {
            "dp": rsa.rsa_crt_dmp1(d, first),
            "dq": rsa.rsa_crt_dmq1(d, second),
            "qinv": rsa.rsa_crt_iqmp(first, second),
        }
        if any(int.from_bytes(value, "big") != own[name] for name, value in (crt or {}).items()):
            raise ValueError("the CRT values do not fit p and q")
        public = rsa.RSAPublicNumbers(exponent, first * second)
        numbers = rsa.RSAPrivateNumbers(first, second, d, own["dp"], own["dq"], own["qinv"], public)
        return numbers.private_key()

    def raw(self, key: PrivateKey, block: bytes) -> bytes:
        """Apply the private key to a block that the host padded; `size` bytes in and out."""
        assert isinstance(key, rsa.RSAPrivateKey)
        return private_operation(key, block)

    def sign(self, key: PrivateKey, data: bytes) -> bytes:
        """Pad a DigestInfo (or any `size` - 11 bytes) as block type 1 and sign it.

        ValueError if it is longer.
        """
        filler = self.size - 3 - len(data)
        if filler < SHORTEST_FILLER:
            raise ValueError(f"{self.name} signs at most {self.size - 11} bytes, not {len(data)}")
        return self.raw(key, b"\0\1" + b"\xff" * filler + b"\0" + data)

    def decipher(self, key: PrivateKey, cryptogram: bytes) -> bytes:
        """Decipher, and remove the padding of block type 2.

        Wrong padding gives a random message where the library supports implicit rejection;
        otherwise ValueError.
        """
        assert isinstance(key, rsa.RSAPrivateKey)
        return key.decrypt(cryptogram, padding.PKCS1v15())

    def agree(self, key: PrivateKey, point: bytes) -> bytes:  # noqa: ARG002 - KeyKind's shape
        """Raise ValueError: RSA has no key agreement."""
        raise ValueError(f"{self.name} agrees on no keys")
