"""The raw RSA private key operation of a smart card, on a whole block.

The host pads, the card computes `block ** d mod n`. `cryptography` has no raw operation: it signs
blocks with PKCS #1 v1.5 padding (nearly all that hosts send); this module computes the others with
the Chinese remainder theorem, blinded and checked.

Spec: RFC 8017, 5.1.2 (RSADP), 8.2 and 9.2 (RSASSA-PKCS1-v1_5).
"""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

# The DER of DigestInfo up to the digest itself (RFC 8017, 9.2, note 1).
_DIGEST_INFO: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("3021300906052B0E03021A05000414"): hashes.SHA1(),  # noqa: S303 - the host chose
    bytes.fromhex("302D300D06096086480165030402040500041C"): hashes.SHA224(),
    bytes.fromhex("3031300D060960864801650304020105000420"): hashes.SHA256(),
    bytes.fromhex("3041300D060960864801650304020205000430"): hashes.SHA384(),
    bytes.fromhex("3051300D060960864801650304020305000440"): hashes.SHA512(),
}


def private_operation(key: rsa.RSAPrivateKey, block: bytes) -> bytes:
    """Compute `block ** d mod n`, as long as the modulus.

    ValueError unless the block is as long as the modulus and, as a number, below it.
    """
    size = (key.key_size + 7) // 8
    if len(block) != size:
        raise ValueError(f"a block has {size} bytes, not {len(block)}")
    known = _signed(block)
    if known is not None:
        digest, algorithm = known
        return key.sign(digest, padding.PKCS1v15(), Prehashed(algorithm))
    return _blinded(key.private_numbers(), int.from_bytes(block, "big")).to_bytes(size, "big")


def _signed(block: bytes) -> tuple[bytes, hashes.HashAlgorithm] | None:
    """Find the digest in a block with PKCS #1 v1.5 signature padding; None for another block."""
    if not block.startswith(b"\0\1"):
        return None
    filler, _, info = block[2:].partition(b"\0")
    if len(filler) < 8 or filler.strip(b"\xff"):
        return None
    for prefix, algorithm in _DIGEST_INFO.items():
        if info.startswith(prefix) and len(info) == len(prefix) + algorithm.digest_size:
            return info[len(prefix) :], algorithm
    return None


def _blinded(key: rsa.RSAPrivateNumbers, number: int) -> int:
    """Compute the raw operation; a random factor hides the key from timing."""
    n, e = key.public_numbers.n, key.public_numbers.e
    if number >= n:
        raise ValueError("the block's number is not below the modulus")
    factor = secrets.randbelow(n - 2) + 2
    result = _crt(key, number * pow(factor, e, n) % n) * pow(factor, -1, n) % n
    if pow(result, e, n) != number:
        raise ArithmeticError("the private key does not fit its modulus")
    return result


def _crt(key: rsa.RSAPrivateNumbers, number: int) -> int:
    first = pow(number % key.p, key.dmp1, key.p)
    second = pow(number % key.q, key.dmq1, key.q)
    return second + (first - second) * key.iqmp % key.p * key.q
