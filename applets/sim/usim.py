"""The USIM's part of an authentication: check a challenge, answer it, or resynchronise.

Spec: 3GPP TS 33.102, 6.3.3, 6.3.5 and annex C.2 (sequence numbers); 3GPP TS 31.102, 7.1.2.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from enum import IntEnum

from vcard import Value
from vcard.exclusive_or import mixed
from vcard.memory import all_parts

from .aka import Algorithm, Keys, Milenage, Tuak, XorTest

SEQ_BITS, INDEX_BITS = 43, 5
SLOTS = 1 << INDEX_BITS
DELTA = 1 << 28
"""The largest jump of a sequence number that is accepted (Spec: annex C.2.1)."""
NO_LIMIT = 1 << SEQ_BITS
"""A limit for jump and age beyond any sequence number."""


class MacError(Exception):
    """The network does not have the key (9862)."""


class SqnError(Exception):
    """The challenge is not fresh; `auts` (14 bytes) conceals the card's sequence number."""

    def __init__(self, auts: bytes) -> None:
        super().__init__(auts)
        self.auts = auts


class AlgorithmId(IntEnum):
    """Algorithms by the numbers that profile packages use."""

    MILENAGE = 1
    TUAK = 2
    XOR_TEST = 3


@dataclass(frozen=True, slots=True)
class Aka:
    """A subscription's secrets: algorithm, key `k` and the operator's `opc` (TOPc for TUAK).

    `options` are further arguments of the algorithm, by name. `sequence` has the initially used
    sequence parts, one for each of 32 indices (empty: all zero). `delta` is the largest accepted
    jump of a sequence part, `age` its largest distance behind the highest.
    """

    algorithm: AlgorithmId
    k: bytes = field(repr=False)
    opc: bytes = field(default=b"", repr=False)
    options: tuple[tuple[str, Value], ...] = ()
    sequence: tuple[int, ...] = ()
    delta: int = DELTA
    age: int = NO_LIMIT

    @property
    def for_tests(self) -> bool:
        """Whether a test profile may use them: the test algorithm, or the key of the test USIM.

        Assumption, as the text of the rule (SGP.22, 2.4.5.3) was not available. Spec: 3GPP TS
        34.108, 8.1.2.
        """
        return self.algorithm is AlgorithmId.XOR_TEST or self.k == bytes(range(len(self.k)))

    def make(self) -> Algorithm:
        """The algorithm with these secrets; ValueError if a length is wrong."""
        longest = {AlgorithmId.TUAK: (16, 32)}.get(self.algorithm, (16,))
        if len(self.k) not in longest:
            raise ValueError(f"K has {longest} bytes, not {len(self.k)}")
        options = dict(self.options)
        if self.algorithm is AlgorithmId.XOR_TEST:
            return XorTest(self.k, **options)  # type: ignore[arg-type] # options by name
        if self.algorithm is AlgorithmId.TUAK:
            return Tuak(self.k, self._operator(32), **options)  # type: ignore[arg-type] # options by name
        return Milenage(self.k, self._operator(16), **options)  # type: ignore[arg-type] # options by name

    def _operator(self, size: int) -> bytes:
        if len(self.opc) != size:
            raise ValueError(f"OPc has {size} bytes, not {len(self.opc)}")
        return self.opc

    def to_value(self) -> Value:
        """Convert to an immutable value for a Memory."""
        return (
            int(self.algorithm),
            self.k,
            self.opc,
            self.options,
            self.sequence,
            self.delta,
            self.age,
        )

    @classmethod
    def from_value(cls, value: Value) -> Aka:
        """Restore keys from the result of `to_value`."""
        algorithm, *rest = all_parts(value)
        return cls(AlgorithmId(algorithm), *rest)  # type: ignore[arg-type] # as to_value wrote it


@dataclass(frozen=True, slots=True)
class Sequence:
    """The highest sequence part accepted, for each of 32 indices (Spec: annex C.2.2).

    `delta` and `age` are the limits of `Aka`.
    """

    highest: tuple[int, ...] = (0,) * SLOTS
    delta: int = DELTA
    age: int = NO_LIMIT

    @property
    def number(self) -> int:
        """SQN_MS, the highest number accepted under any index."""
        return max(
            seq << INDEX_BITS | index for index, seq in enumerate(self.highest) if seq or not index
        )

    def accept(self, sqn: int) -> Sequence | None:
        """The state after accepting `sqn`; None if it is not fresh, too old or too far ahead."""
        seq, index, last = sqn >> INDEX_BITS, sqn % SLOTS, max(self.highest)
        if not self.highest[index] < seq <= last + self.delta or seq < last - self.age:
            return None
        return replace(self, highest=(*self.highest[:index], seq, *self.highest[index + 1 :]))


def answer(
    algorithm: Algorithm, sequence: Sequence, rand: bytes, autn: bytes
) -> tuple[Keys, Sequence]:
    """Return the keys for a challenge and the sequence after it; raises MacError or SqnError."""
    keys = algorithm.f2345(rand)
    concealed, amf, mac = autn[:6], autn[6:8], autn[8:]
    sqn = mixed(concealed, keys.ak)
    if not hmac.compare_digest(algorithm.f1(rand, sqn, amf)[: len(mac)], mac):
        raise MacError
    after = sequence.accept(int.from_bytes(sqn, "big"))
    if after is None:
        raise SqnError(resynchronisation(algorithm, sequence, rand))
    return keys, after


def resynchronisation(algorithm: Algorithm, sequence: Sequence, rand: bytes) -> bytes:
    """Make AUTS: the concealed SQN_MS and its MAC. Spec: 3GPP TS 33.102, 6.3.3 (AMF* is zero)."""
    sqn = sequence.number.to_bytes(6, "big")
    return mixed(sqn, algorithm.f5_star(rand)) + algorithm.f1_star(rand, sqn, bytes(2))[:8]


def challenge(algorithm: Algorithm, sqn: int, rand: bytes, amf: bytes = b"\x80\x00") -> bytes:
    """Make AUTN as a network does, for tests and examples."""
    raw = sqn.to_bytes(6, "big")
    return mixed(raw, algorithm.f2345(rand).ak) + amf + algorithm.f1(rand, raw, amf)[:8]
