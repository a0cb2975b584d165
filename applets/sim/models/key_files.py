"""The contents of key files: algorithm and keys, sequence numbers.

Layouts: pySim's module for sysmoISIM-SJA2 and SJA5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from applets.sim.usim import NO_LIMIT, SLOTS, Aka, AlgorithmId, Sequence
from vcard.exclusive_or import mixed

_MILENAGE, _TUAK, _XOR = 0x4, 0x6, 0xF
_OPC_GIVEN, _LONG_KEY, _EMPTY = 0x10, 0x40, 0xFF
_TUAK_SIZES = {0: 4, 1: 8, 2: 16, 3: 32}
_SKIP_NEXT, _CHECK_DELTA, _CHECK_AGE, _CHECK = 0x80, 0x40, 0x20, 0x10


def read_key(content: bytes) -> Aka | None:
    """Parse the secrets in a key file; None for an unknown algorithm or an empty file.

    A file may have OP instead of OPc. ValueError if it is truncated.
    """
    if not content or content[0] == _EMPTY:
        return None
    algorithm, opc_given = content[0] & 0x0F, bool(content[0] & _OPC_GIVEN)
    if algorithm == _TUAK:
        return _tuak(content)
    if algorithm not in (_MILENAGE, _XOR) or len(content) < 33:
        return None
    k, operator = content[1:17], content[17:33]
    if algorithm == _XOR:
        return Aka(AlgorithmId.XOR_TEST, k)
    return Aka(AlgorithmId.MILENAGE, k, operator if opc_given else _opc(k, operator))


def _opc(k: bytes, op: bytes) -> bytes:
    """Compute OPc from an operator's OP. Spec: 3GPP TS 35.206, 4.1."""
    encryptor = Cipher(AES(k), ECB()).encryptor()  # noqa: S305 - one block of the standard's own mode
    return mixed(encryptor.update(op), op)


def _tuak(content: bytes) -> Aka | None:
    """Parse TUAK: sizes, iterations, TOPc and the key; None for a file with TOP instead."""
    size = 32 if content[0] & _LONG_KEY else 16
    if not content[0] & _OPC_GIVEN or len(content) < 35 + size:
        return None
    long_keys, mac, res = content[1] >> 6 & 1, content[1] >> 3 & 7, content[1] & 7
    if mac not in (0, 1, 2) or res not in _TUAK_SIZES or not content[2]:
        return None
    keys = 32 if long_keys else 16
    options = (("mac", 8 << mac), ("res", _TUAK_SIZES[res]), ("ck", keys), ("ik", keys),
               ("iterations", content[2]))  # fmt: skip
    return Aka(AlgorithmId.TUAK, content[35 : 35 + size], content[3:35], options)


def key_content(aka: Aka, size: int) -> bytes:
    """Encode a key file for these secrets, padded with FF."""
    if aka.algorithm is AlgorithmId.TUAK:
        options = dict(aka.options)
        mac, res = options.get("mac", 8), options.get("res", 8)
        sizes = int(options.get("ck", 16) == 32) << 6 | {8: 0, 16: 1, 32: 2}[int(mac)] << 3  # type: ignore[arg-type] # options by name
        sizes |= {4: 0, 8: 1, 16: 2, 32: 3}[int(res)]  # type: ignore[arg-type] # options by name
        long_key = _LONG_KEY if len(aka.k) == 32 else 0
        head = bytes((_OPC_GIVEN | long_key | _TUAK, sizes, options.get("iterations", 1)))  # type: ignore[arg-type] # options by name
        return (head + aka.opc + aka.k).ljust(size, b"\xff")
    number = _XOR if aka.algorithm is AlgorithmId.XOR_TEST else _MILENAGE
    head = bytes((_OPC_GIVEN | number,))
    return (head + aka.k + aka.opc.ljust(16, b"\0")).ljust(size, b"\xff")


@dataclass(frozen=True, slots=True)
class SequenceFile:
    """A file of sequence numbers: the limits for the check, and the highest number of each index.

    The numbers have six bytes each, including the index bits. `skip` accepts any next number.
    """

    flags: int
    more: int
    delta: int
    age: int
    numbers: tuple[int, ...]

    @classmethod
    def parse(cls, content: bytes) -> SequenceFile:
        """Parse a file; ValueError if it is truncated."""
        if len(content) < 20:
            raise ValueError("the file of sequence numbers is cut short")
        numbers = [content[at : at + 6] for at in range(14, len(content) - 5, 6)]
        return cls(
            content[0],
            content[1],
            int.from_bytes(content[2:8], "big"),
            int.from_bytes(content[8:14], "big"),
            tuple(int.from_bytes(number, "big") for number in numbers),
        )

    @property
    def skip(self) -> bool:
        """Whether the next number is accepted without a check."""
        return bool(self.flags & _SKIP_NEXT) or not self.flags & _CHECK

    @property
    def bits(self) -> int:
        """The number of index bits in a sequence number."""
        return self.flags & 0x0F

    def sequence(self) -> Sequence:
        """The numbers for authentication to check; all unused while the check is skipped."""
        if self.skip:
            return Sequence(delta=NO_LIMIT)
        highest = tuple(number >> self.bits for number in self.numbers[:SLOTS])
        delta = self.delta >> self.bits if self.flags & _CHECK_DELTA else NO_LIMIT
        age = self.age >> self.bits if self.flags & _CHECK_AGE else NO_LIMIT
        return Sequence(highest + (0,) * (SLOTS - len(highest)), delta, age)

    def used(self, sequence: Sequence) -> SequenceFile:
        """Return the file after a challenge: new numbers, and the check no longer skipped."""
        numbers = tuple(
            highest << self.bits | index
            for index, highest in enumerate(sequence.highest[: len(self.numbers)])
        )
        return replace(self, flags=self.flags & ~_SKIP_NEXT, numbers=numbers)

    def __bytes__(self) -> bytes:
        head = bytes((self.flags, self.more)) + self.delta.to_bytes(6, "big")
        numbers = b"".join(number.to_bytes(6, "big") for number in self.numbers)
        return head + self.age.to_bytes(6, "big") + numbers


NEW_SEQUENCE = SequenceFile(0x55, 0x03, 1 << 33, 1 << 33, (0,) * 32)
"""The numbers of a new card: checked, at most 2 to the power of 28 ahead, five index bits."""
