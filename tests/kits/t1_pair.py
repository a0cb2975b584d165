"""Both ends of T=1 with a line between them that can be made faulty."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from functools import cache

from hypothesis import strategies as st

from vcard import Busy, Card, Later
from vcard.applet import Applet, handles
from vcard.atr.values import Edc
from vcard.transmission.steps import Dead, Done, Send, Step
from vcard.transmission.t1_block import Block
from vcard.transmission.t1_card import T1Card
from vcard.transmission.t1_host import HostEnd

AID = bytes.fromhex("A000000151")
SELECT = bytes.fromhex("00A4040C05") + AID
TO_CARD, TO_HOST = "to card", "to host"
MAX_BLOCKS = 20_000
PCBS = [0, 0x40, 0x20, 0x60, 0x80, 0x82, 0x90, *range(0xC0, 0xC5), *range(0xE0, 0xE5)]


def _pool(edc: Edc) -> list[bytes]:
    """Blocks of all sorts, most of them with a right EDC and length."""
    dice, found = random.Random(5), [b"", b"\0", b"\0\0\xff\xff", bytes(300)]
    for pcb in PCBS:
        for nad in (0, 0, 0x10, 0x2A):
            size = dice.choice((0, 1, 5, 20)) if pcb < 0x80 else pcb & 1
            inf = dice.choice((b"\x20", b"\x01", b"\x03", b"\xfe", b"\0")) * size
            raw = bytes(Block(nad, pcb, inf, edc))
            found += [raw, raw, raw[:-1] + bytes((raw[-1] ^ 1,)) if nad else raw]
        found.append(bytes(Block(0, pcb, b"xy", edc)))
        found.append(raw[:-1])
    return found


POOLS = {edc: _pool(edc) for edc in Edc}


def blocks(edc: Edc):
    """Sequences of blocks and, as None, silences."""
    return st.lists(st.sampled_from([None, *POOLS[edc]]), max_size=30)


class Echo(Applet):
    """Echoes the data, and counts its commands."""

    aid = AID

    def powered(self):
        self.count = 0

    @handles(ins=0x10)
    def echo(self, command):
        self.count += 1
        return command.data

    @handles(ins=0x20)
    def slow(self, command):
        return Later(command.p1, lambda: b"late")


@cache
def echo(size: int) -> bytes:
    data = bytes(i * 7 & 0xFF for i in range(size))
    return bytes.fromhex("0010000000") + size.to_bytes(2, "big") + data + b"\0\0"


@dataclass
class Pair:
    """`faults` maps (direction, number of the block in it) to the fault of that block.

    A reader discards late or repeated bytes before it sends, unless `flushes` is False.
    """

    host: HostEnd = field(default_factory=HostEnd)
    card: T1Card = None
    faults: dict = field(default_factory=dict)
    trace: list = field(default_factory=list)
    card_s: float = 0.0
    flushes: bool = True

    def __post_init__(self):
        self.applet = Echo()
        if self.card is None:
            self.card = T1Card(Card(self.applet))
        self.strays = deque()
        self.counts = {TO_CARD: 0, TO_HOST: 0}
        self.reset()

    def reset(self):
        self.card.power_up()
        self.strays.clear()
        self.host = HostEnd(self.host.ifsc, self.host.edc, self.host.rules)

    def transmit(self, apdu: bytes) -> bytes | None:
        """The response, or None where the host's end is dead."""
        step = self.run(self.host.start(apdu))
        return step.response if isinstance(step, Done) else None

    def run(self, step: Step) -> Done | Dead:
        for _ in range(MAX_BLOCKS):
            if not isinstance(step, Send):
                return step
            step = self._hear(self._carry(step.data))
        raise AssertionError("this does not end")

    def _carry(self, block: bytes) -> None:
        """Bring a block to the card; its answers come into `strays`, the next one first."""
        if self.flushes:
            self.strays.clear()
        fault = self._fault(TO_CARD)
        self.trace.append((TO_CARD, block))
        for arriving in damage(block, fault):
            answer = self.card.exchange(arriving)
            while isinstance(answer, Busy):
                self.card_s += answer.seconds
                answer = answer.finish()
            if answer is not None:
                self.strays.append(answer)

    def _hear(self, _: None) -> Step:
        if not self.strays:
            return self.host.receive(None)
        block = self.strays.popleft()
        fault = self._fault(TO_HOST)
        self.trace.append((TO_HOST, block))
        if fault == "parity":
            return self.host.receive(None, parity=True)
        if fault == "late":
            self.strays.append(block)
            return self.host.receive(None)
        heard = damage(block, fault)
        self.strays.extendleft(heard[:0:-1])
        return self.host.receive(heard[0] if heard else None)

    def _fault(self, direction: str) -> str | None:
        number = self.counts[direction]
        self.counts[direction] += 1
        return self.faults.get((direction, number))


def damage(block: bytes, fault: str | None) -> list[bytes]:
    """Return what arrives of a block with a fault."""
    if fault in ("edc", "parity"):
        return [block[:-1] + bytes((block[-1] ^ 0x40,))]
    if fault in ("lost", "late"):
        return []
    return {"twice": [block, block], "cut": [block[:-2]], None: [block]}[fault]


def leads_to(rows, state) -> set:
    """The states that a table promises after this one."""
    return {target for row in rows if state in row.states for target in (row.next, *row.also)}
