"""An OpenPGP card signs and decrypts (see bench.signing).

python -m bench.openpgp [--check]
"""

from __future__ import annotations

import sys

from applets.openpgp import AUTHENTICATION, DECRYPTION, SIGNATURE, OpenPgp
from applets.shared.key_kinds import KINDS, public_objects
from vcard import Card, Command
from vcard.tlv import tlv

from .signing import DIGEST, DIGEST_INFO, PEER, Benchmark

KEYS = {SIGNATURE: "RSA-2048", DECRYPTION: "X25519", AUTHENTICATION: "P-256"}
POINT = tlv(0xA6, tlv(0x7F49, public_objects(PEER)))


def card() -> Card:
    """Make a card with a key in each slot."""
    return OpenPgp(keys={slot: KINDS[name].generate() for slot, name in KEYS.items()}).on_card()


BENCHMARK = Benchmark(
    "OpenPGP",
    "bench.openpgp",
    card,
    before=(
        bytes(Command(0, 0xA4, 4, 0, bytes.fromhex("D27600012401"), 256)),
        bytes(Command(0, 0x20, 0, 0x82, b"123456")),
        bytes(Command(0, 0x20, 0, 0x83, b"12345678")),
        bytes(Command(0, 0xDA, 0, 0xC4, b"\1")),  # PW1 is valid for several signatures
        bytes(Command(0, 0x20, 0, 0x81, b"123456")),
    ),
    round_trip=bytes(Command(0, 0x20, 0, 0x82)),
    operations={
        "RSA-2048 sign": (
            KINDS["RSA-2048"].generate,
            bytes(Command(0, 0x2A, 0x9E, 0x9A, DIGEST_INFO, 65536, extended=True)),
        ),
        "X25519 decrypt": (
            KINDS["X25519"].generate,
            bytes(Command(0, 0x2A, 0x80, 0x86, POINT, 256)),
        ),
        "P-256 sign": (KINDS["P-256"].generate, bytes(Command(0, 0x88, 0, 0, DIGEST, 256))),
    },
)

if __name__ == "__main__":
    sys.exit(BENCHMARK.main())
