"""The ciphers and checksums of packets.

Spec: ETSI TS 102 225, 5.1.2 (KIc), 5.1.3 (KID), 5.1.4 (padding); ISO/IEC 13239 (CRC).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from enum import IntEnum

from applets.shared.block_ciphers import Aes, BlockCipher, TripleDes


class Algorithm(IntEnum):
    """Algorithms by the last four bits of KIc and KID; for CRCs KID has the same numbers."""

    IMPLICIT = 0x0
    DES = 0x1
    AES = 0x2
    TRIPLE_DES_2 = 0x5
    TRIPLE_DES_3 = 0x9
    DES_ECB = 0xD


CRC_16, CRC_32 = 0x1, 0x5
CHECKSUM_SIZES = {CRC_16: 2, CRC_32: 4}
MAC_SIZE = 8


def cipher(algorithm: int, key: bytes, *, aes: bool) -> BlockCipher:
    """The block cipher of an algorithm; `aes` decides for an implicit algorithm.

    ValueError if the algorithm is unknown, or the key does not fit it.
    """
    chosen = Algorithm(algorithm)
    if chosen is Algorithm.IMPLICIT:
        return Aes(key) if aes else TripleDes(key)
    if (chosen is Algorithm.AES) is not aes:
        raise ValueError(f"the key is not for {chosen.name}")
    if chosen is Algorithm.AES:
        return Aes(key)
    if chosen in (Algorithm.DES, Algorithm.DES_ECB):
        return TripleDes(key[:8] * 2)
    if chosen is Algorithm.TRIPLE_DES_3 and len(key) != 24:
        raise ValueError("Triple DES with three keys has 24 bytes")
    return TripleDes(key[:16] if chosen is Algorithm.TRIPLE_DES_2 else key)


def encrypt(algorithm: int, made: BlockCipher, blocks: bytes) -> bytes:
    """Encrypt whole blocks: CBC, except for DES in ECB mode."""
    if algorithm == Algorithm.DES_ECB:
        return made.encrypt(blocks)
    return made.encrypt_cbc(blocks)


def decrypt(algorithm: int, made: BlockCipher, blocks: bytes) -> bytes:
    """Decrypt whole blocks; ValueError for an incomplete one."""
    if algorithm == Algorithm.DES_ECB:
        return made.decrypt(blocks)
    return made.decrypt_cbc(blocks)


def mac(made: BlockCipher, data: bytes) -> bytes:
    """Compute the cryptographic checksum, 8 bytes: CMAC with AES, else the last block of CBC."""
    if isinstance(made, Aes):
        return made.cmac(data)[:MAC_SIZE]
    padded = data + bytes(-len(data) % made.block_size)
    return made.encrypt_cbc(padded)[-MAC_SIZE:]


def redundancy(algorithm: int, data: bytes) -> bytes:
    """Compute the redundancy check, CRC 16 or CRC 32; ValueError for other algorithms."""
    makers: dict[int, Callable[[bytes], int]] = {CRC_16: _crc_16, CRC_32: zlib.crc32}
    if algorithm not in makers:
        raise ValueError(f"no redundancy check has the number {algorithm:X}")
    return makers[algorithm](data).to_bytes(CHECKSUM_SIZES[algorithm], "big")


def _crc_16(data: bytes) -> int:
    """The CRC of ISO/IEC 13239: polynomial 1021, least significant bit first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value ^ 0xFFFF
