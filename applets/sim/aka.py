"""The algorithms of authentication and key agreement: MILENAGE, TUAK and the test algorithm.

Each has the functions f1 to f5* for one subscriber key. applets.sim.usim applies them: it checks
the token and resynchronises.
Spec: 3GPP TS 33.102, 6.3; TS 35.206 (MILENAGE), TS 35.231 (TUAK), TS 34.108 (test algorithm).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from vcard.exclusive_or import mixed


@dataclass(frozen=True, slots=True)
class Keys:
    """The results of f2 to f5: RES (4..32 bytes), CK and IK (16 or 32), AK (6)."""

    res: bytes
    ck: bytes
    ik: bytes
    ak: bytes


class Algorithm(Protocol):
    """The functions of 3GPP TS 33.102, 6.3 for one subscriber."""

    def f1(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-A, the network's proof that it has the key."""

    def f1_star(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-S, the card's proof in a resynchronisation."""

    def f2345(self, rand: bytes) -> Keys:
        """RES, CK, IK and AK."""

    def f5_star(self, rand: bytes) -> bytes:
        """AK for a resynchronisation, 6 bytes."""


def rotated(block: bytes, bits: int) -> bytes:
    """The block rotated by `bits` towards the most significant bit."""
    width = 8 * len(block)
    number = int.from_bytes(block, "big")
    turned = (number << bits | number >> (width - bits)) & ((1 << width) - 1)
    return turned.to_bytes(len(block), "big")


# Spec: 3GPP TS 35.206, 4.1 (r1..r5 in bits, c1..c5).
ROTATIONS = (64, 0, 32, 64, 96)
CONSTANTS = tuple(bytes(15) + bytes((last,)) for last in (0, 1, 2, 4, 8))


@dataclass(frozen=True, slots=True)
class Milenage:
    """MILENAGE with the 128-bit key `k` and the operator's value `opc`.

    Spec: 3GPP TS 35.206, 4.1.
    """

    k: bytes = field(repr=False)
    opc: bytes = field(repr=False)
    rotations: tuple[int, ...] = ROTATIONS
    constants: tuple[bytes, ...] = CONSTANTS

    def f1(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-A, 8 bytes."""
        return self._out1(rand, sqn, amf)[:8]

    def f1_star(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-S, 8 bytes."""
        return self._out1(rand, sqn, amf)[8:]

    def f2345(self, rand: bytes) -> Keys:
        """RES (8 bytes), CK, IK and AK."""
        temp = self._temp(rand)
        out2 = self._out(temp, 1)
        return Keys(out2[8:], self._out(temp, 2), self._out(temp, 3), out2[:6])

    def f5_star(self, rand: bytes) -> bytes:
        """AK for a resynchronisation."""
        return self._out(self._temp(rand), 4)[:6]

    def _encrypted(self, block: bytes) -> bytes:
        # MILENAGE applies AES to single blocks, which is ECB of one block.
        return Cipher(algorithms.AES(self.k), modes.ECB()).encryptor().update(block)  # noqa: S305 - one block of the standard's own mode

    def _temp(self, rand: bytes) -> bytes:
        return self._encrypted(mixed(rand, self.opc))

    def _out1(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        turned = rotated(mixed((sqn + amf) * 2, self.opc), self.rotations[0])
        mixed_in = mixed(mixed(self._temp(rand), turned), self.constants[0])
        return mixed(self._encrypted(mixed_in), self.opc)

    def _out(self, temp: bytes, index: int) -> bytes:
        turned = rotated(mixed(temp, self.opc), self.rotations[index])
        return mixed(self._encrypted(mixed(turned, self.constants[index])), self.opc)


_ALGORITHM_NAME = b"TUAK1.0"
_RATE = 136  # bytes of the Keccak state that an iteration outputs, all that TUAK reads


@dataclass(frozen=True, slots=True)
class Tuak:
    """TUAK with the key `k` (16 or 32 bytes) and the operator's value `topc` (32 bytes).

    `mac`, `res`, `ck` and `ik` are the lengths of the outputs in bytes; `iterations` is the number
    of permutations.
    Spec: 3GPP TS 35.231, 6. Its input block is a message of 96 bytes with the padding of SHAKE256,
    and each further iteration is the next block that SHAKE256 squeezes: this code calls the
    library's SHAKE256, with byte strings in reverse order.
    """

    k: bytes = field(repr=False)
    topc: bytes = field(repr=False)
    mac: int = 8
    res: int = 8
    ck: int = 16
    ik: int = 16
    iterations: int = 1

    def f1(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-A."""
        return self._read(self._core(self.mac | self._key_bit, rand, amf, sqn), 0, self.mac)

    def f1_star(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-S."""
        return self._read(self._core(0x80 | self.mac | self._key_bit, rand, amf, sqn), 0, self.mac)

    def f2345(self, rand: bytes) -> Keys:
        """RES, CK, IK and AK."""
        wide = (self.ck == 32) << 2 | (self.ik == 32) << 1 | self._key_bit
        instance = 0x40 | (self.res & 0x38) | wide
        out = self._core(instance, rand)
        return Keys(
            self._read(out, 0, self.res),
            self._read(out, 32, self.ck),
            self._read(out, 64, self.ik),
            self._read(out, 96, 6),
        )

    def f5_star(self, rand: bytes) -> bytes:
        """AK for a resynchronisation."""
        return self._read(self._core(0xC0 | self._key_bit, rand), 96, 6)

    @property
    def _key_bit(self) -> int:
        return int(len(self.k) == 32)

    def _core(
        self,
        instance: int,
        rand: bytes = bytes(16),
        amf: bytes = bytes(2),
        sqn: bytes = bytes(6),
    ) -> bytes:
        parts = (self.topc, bytes((instance,)), _ALGORITHM_NAME, rand, amf, sqn, self.k)
        message = b"".join(part[::-1] for part in parts).ljust(96, b"\0")
        return hashlib.shake_256(message).digest(_RATE * self.iterations)[-_RATE:]

    @staticmethod
    def _read(out: bytes, start: int, size: int) -> bytes:
        return out[start : start + size][::-1]


@dataclass(frozen=True, slots=True)
class XorTest:
    """The test algorithm of test USIMs: XOR, without any security.

    `res` is the length of RES, 4..16 bytes. Spec: 3GPP TS 34.108, 8.1.2.
    """

    k: bytes = field(repr=False)
    res: int = 16

    def f1(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-A, 8 bytes."""
        return mixed(mixed(self.k, rand)[:8], sqn + amf)

    def f1_star(self, rand: bytes, sqn: bytes, amf: bytes) -> bytes:
        """MAC-S, 8 bytes."""
        return self.f1(rand, sqn, amf)

    def f2345(self, rand: bytes) -> Keys:
        """RES, CK, IK and AK."""
        out = mixed(self.k, rand)
        return Keys(out[: self.res], rotated(out, 8), rotated(out, 16), out[3:9])

    def f5_star(self, rand: bytes) -> bytes:
        """AK for a resynchronisation."""
        return mixed(self.k, rand)[3:9]


def sres_and_kc(keys: Keys) -> tuple[bytes, bytes]:
    """SRES (4 bytes) and Kc (8 bytes) for a GSM network.

    Spec: 3GPP TS 33.102, 6.8.1.2 (conversion functions c2 and c3).
    """
    res = keys.res.ljust(16, b"\0")
    sres = mixed(mixed(res[:4], res[4:8]), mixed(res[8:12], res[12:16]))
    kc = mixed(mixed(keys.ck[:8], keys.ck[8:16]), mixed(keys.ik[:8], keys.ik[8:16]))
    return sres, kc
