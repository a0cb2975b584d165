"""Meaningless commands derived from valid ones, for the fuzzing of every card."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Sequence

import pytest

from tests.kits import golden
from tests.kits.conversation import short
from vcard import SW, Card, Command
from vcard.contact import at_once

MORE = 0x61
RANDOM = tuple(bytes((ins,)) for ins in (0x2A, 0x47, 0x87, 0x88, 0xC0, 0xF9))
"""Instructions whose responses vary in length: signatures, keys, and the rest of these."""

Sensible = tuple[int, int, int, bytes]
"""INS, P1, P2 and data of a valid command."""


def mutated(chance: random.Random, raw: bytes) -> bytes:
    """A byte changed, a piece gone or doubled; more than half the time nothing."""
    if not raw or chance.random() < 0.6:
        return raw
    at = chance.randrange(len(raw))
    return chance.choice(
        (
            raw[:at] + bytes((chance.randrange(256),)) + raw[at + 1 :],
            raw[:at],
            raw[:at] + raw[at:] * 2,
            raw[:at] + chance.randbytes(chance.randrange(20)) + raw[at:],
        )
    )


def command(chance: random.Random, sensible: Sequence[Sensible], codes: Sequence[int]) -> bytes:
    """A sensible command with something wrong, most of the time; `codes` are P1 and P2 to try."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(20))
    ins, p1, p2, data = chance.choice(sensible)
    p1 = chance.choice(codes) if chance.random() < 0.1 else p1
    p2 = chance.choice(codes) if chance.random() < 0.1 else p2
    data = mutated(chance, data)
    cla = chance.choice((0x00,) * 30 + (0x10, 0x80, 0x04, 0xFF))
    le = chance.choice((None, 256, 8))
    raw = bytes(Command(cla, ins, p1, p2, data, le, extended=len(data) > 255))
    return mutated(chance, raw) if chance.random() < 0.1 else raw


class Fuzzing:
    """Sends commands to a card: each must be answered, and none may betray a secret.

    `seen` are the status words that came. With a `name`, what was sent and the status words are
    compared whole with its file (tests/kits/golden.py); data of signatures and keys are not, which
    differ each time, nor their lengths.
    """

    def __init__(
        self, hidden: Iterable[bytes], caplog: pytest.LogCaptureFixture, name: str | None = None
    ) -> None:
        self._hidden = list(hidden)
        self._name = name
        self._said: list[str] = []
        self._caplog = caplog
        self.seen: set[int] = set()
        caplog.set_level(logging.DEBUG)

    def send(self, card: Card, raw: bytes) -> None:
        """Send one command."""
        answer = at_once(card.exchange(raw))
        assert isinstance(answer, bytes), raw.hex()
        assert answer[-2:] != SW.NO_PRECISE_DIAGNOSIS.raw, raw.hex()
        assert not any(secret in answer for secret in self._hidden), raw.hex()
        self.seen.add(int.from_bytes(answer[-2:], "big"))
        size = "" if raw[1:2] in RANDOM else f" {len(answer) - 2}"
        status = "61.." if answer[-2] == MORE else answer[-2:].hex().upper()
        self._said.append(f"{short(raw)} {status}{size}")

    def run(
        self,
        seed: int,
        count: int,
        cards: Callable[[int], Card | None],
        sensible: Sequence[Sensible],
        codes: Sequence[int],
    ) -> set[int]:
        """Send `count` commands, and look at the log; the status words that came.

        `cards` gives the card from a command's number on, or None to keep the one before.
        """
        chance = random.Random(seed)
        card: Card | None = None
        for number in range(count):
            card = cards(number) or card
            assert card is not None
            self.send(card, command(chance, sensible, codes))
        self.check_log()
        return self.seen

    def check_log(self) -> None:
        """Check that the log has no secret, and that the results equal the golden ones."""
        if self._name is not None:
            golden.check(self._name, self._said)
        text = self._caplog.text
        for secret in self._hidden:
            assert secret.hex() not in text.replace(" ", "")
            assert repr(secret)[2:-1] not in text
