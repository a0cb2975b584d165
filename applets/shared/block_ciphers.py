"""AES and Triple DES over whole blocks: ECB, CBC, MACs, padding.

ValueError if a key or the data have the wrong length.

Spec: FIPS 197 (AES), SP 800-67 (TDEA), SP 800-38A (modes), SP 800-38B (CMAC); ISO/IEC 9797-1
(MAC algorithm 3, padding method 2).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES as TripleDesCipher
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.cmac import CMAC


@dataclass(frozen=True, slots=True)
class BlockCipher(ABC):
    """A block cipher with its key; the repr hides the key. Use `Aes` or `TripleDes`."""

    key: bytes = field(repr=False)

    name: ClassVar[str]
    block_size: ClassVar[int]
    key_sizes: ClassVar[tuple[int, ...]]

    def __post_init__(self) -> None:
        if len(self.key) not in self.key_sizes:
            sizes = " or ".join(map(str, self.key_sizes))
            raise ValueError(f"a key of {self.name} has {sizes} bytes, not {len(self.key)}")

    def encrypt(self, blocks: bytes) -> bytes:
        """Encrypt each block by itself (ECB)."""
        encryptor = self._ecb().encryptor()
        return encryptor.update(blocks) + encryptor.finalize()

    def decrypt(self, blocks: bytes) -> bytes:
        """Decrypt each block by itself (ECB)."""
        decryptor = self._ecb().decryptor()
        return decryptor.update(blocks) + decryptor.finalize()

    def encrypt_cbc(self, blocks: bytes, iv: bytes | None = None) -> bytes:
        """Encrypt with chaining; `iv` is one block, zeros if it is not named."""
        encryptor = self._cbc(iv).encryptor()
        return encryptor.update(blocks) + encryptor.finalize()

    def decrypt_cbc(self, blocks: bytes, iv: bytes | None = None) -> bytes:
        """Decrypt with chaining; `iv` is one block, zeros if it is not named."""
        decryptor = self._cbc(iv).decryptor()
        return decryptor.update(blocks) + decryptor.finalize()

    def cmac(self, data: bytes) -> bytes:
        """Compute the CMAC of data of any length; one block."""
        mac = CMAC(self._algorithm)
        mac.update(data)
        return mac.finalize()

    def pad(self, data: bytes) -> bytes:
        """Append 80 and zeros up to a whole block (padding method 2)."""
        return data + b"\x80" + bytes(-(len(data) + 1) % self.block_size)

    @staticmethod
    def unpad(data: bytes) -> bytes:
        """Remove the padding of `pad`; ValueError if there is none."""
        text = data.rstrip(b"\0")
        if not text.endswith(b"\x80"):
            raise ValueError("the data do not end with 80 and zeros")
        return text[:-1]

    @property
    @abstractmethod
    def _algorithm(self) -> BlockCipherAlgorithm:
        """The cipher of `cryptography` with this key."""

    def _ecb(self) -> Cipher[ECB]:
        return Cipher(self._algorithm, ECB())  # noqa: S305 - cards encrypt single random blocks

    def _cbc(self, iv: bytes | None) -> Cipher[CBC]:
        return Cipher(self._algorithm, CBC(bytes(self.block_size) if iv is None else iv))


class Aes(BlockCipher):
    """AES with a key of 16, 24 or 32 bytes."""

    __slots__ = ()
    name, block_size, key_sizes = "AES", 16, (16, 24, 32)

    @property
    def _algorithm(self) -> BlockCipherAlgorithm:
        return AES(self.key)


class TripleDes(BlockCipher):
    """Triple DES with two keys (16 bytes) or three (24); parity bits are ignored."""

    __slots__ = ()
    name, block_size, key_sizes = "3DES", 8, (16, 24)

    @property
    def _algorithm(self) -> BlockCipherAlgorithm:
        return TripleDesCipher((self.key + self.key[:8])[:24])

    def retail_mac(self, data: bytes, iv: bytes | None = None) -> bytes:
        """Compute MAC algorithm 3 over whole blocks with two keys; 8 bytes.

        Single DES in CBC mode, and Triple DES for the last block.
        """
        last = len(data) - self.block_size
        chained = TripleDes(self.key[:8] * 2).encrypt_cbc(data[:last], iv)
        start = chained[-self.block_size :] or iv
        return self.encrypt_cbc(data[last:], start)
