"""Signatures of a PIV card (see bench.signing).

python -m bench.piv [--check]
"""

from __future__ import annotations

import sys
from functools import partial

from applets.piv import Algorithm, Piv, Slot
from applets.piv.algorithms import generate
from applets.piv.dynamic_authentication import Template
from vcard import Card, Command

from .signing import DIGEST, DIGEST_INFO, Benchmark

BLOCK = b"\0\1" + b"\xff" * (253 - len(DIGEST_INFO)) + b"\0" + DIGEST_INFO
SIGNATURES = {
    "RSA-2048": (Algorithm.RSA_2048, Slot.AUTHENTICATION, BLOCK),
    "P-256": (Algorithm.P256, Slot.CARD_AUTHENTICATION, DIGEST),
}


def card() -> Card:
    """Make a card with a key for each signature."""
    return Piv(keys={slot: generate(kind) for kind, slot, _ in SIGNATURES.values()}).on_card()


def signature(algorithm: Algorithm, slot: Slot, block: bytes) -> bytes:
    """Encode GENERAL AUTHENTICATE for a signature."""
    template = bytes(Template(challenge=block, response=b""))
    return bytes(Command(0, 0x87, algorithm, slot, template, 65536, extended=True))


BENCHMARK = Benchmark(
    "PIV",
    "bench.piv",
    card,
    before=(
        bytes(Command(0, 0xA4, 4, 0, Piv.aid, 256)),
        bytes(Command(0, 0x20, 0, 0x80, b"123456\xff\xff")),
    ),
    round_trip=bytes(Command(0, 0x20, 0, 0x80)),
    operations={
        name: (partial(generate, algorithm), signature(algorithm, slot, block))
        for name, (algorithm, slot, block) in SIGNATURES.items()
    },
)

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
