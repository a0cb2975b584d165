"""Random errors in profile packages: bytes, lengths, the order of elements."""

from __future__ import annotations

import random

from vcard.tlv import parse_all


def mutated(package: bytes, chance: random.Random) -> bytes:
    """The package with one to five changes."""
    raw = bytearray(package)
    for _ in range(chance.randrange(1, 6)):
        raw = bytearray(chance.choice(CHANGES)(raw, chance))
    return bytes(raw)


def _flipped(raw: bytearray, chance: random.Random) -> bytes:
    if raw:
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)


def _replaced(raw: bytearray, chance: random.Random) -> bytes:
    if raw:
        raw[chance.randrange(len(raw))] = chance.choice((0, 0x7F, 0x80, 0xFF, 0xA0, 0x30))
    return bytes(raw)


def _cut(raw: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return bytes(raw[:at] + raw[at + chance.randrange(20) :])


def _grown(raw: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return bytes(raw[:at]) + chance.randbytes(chance.randrange(20)) + bytes(raw[at:])


def _shuffled(raw: bytearray, chance: random.Random) -> bytes:
    """Whole elements doubled, dropped or moved."""
    try:
        parts = [bytes(one) for one in parse_all(bytes(raw))]
    except ValueError:
        return bytes(raw)
    if len(parts) > 2:
        one = parts.pop(chance.randrange(len(parts)))
        for _ in range(chance.randrange(3)):
            parts.insert(chance.randrange(len(parts) + 1), one)
    return b"".join(parts)


CHANGES = (_flipped, _flipped, _replaced, _cut, _grown, _shuffled)
