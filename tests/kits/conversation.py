"""Long conversations with a reader, the same each time for a model, as lines of text. They include
every action of a host, a card's user and the clock, mostly right and sometimes a little wrong.
Tests compare all answers, notifications, displays and deadlines of the reader
(tests/kits/golden.py), so that no limit, reset or order changes unnoticed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from readers import BACKSPACE, CANCEL, CLEAR, OK, CcidReader
from readers.ccid.codes import HEADER, IccStatus, MessageType
from readers.ccid.parameters import T0Parameters, T1Parameters
from readers.models import Model
from tests.kits.reader_host import ATR_T0, ATR_T1, FakeCard
from vcard import Busy
from vcard.transmission.t1_block import Block

LONG_ATR = bytes.fromhex("3B9596803FC7828031E073FE211BD7")
ATRS = (*(ATR_T0, ATR_T1, bytes.fromhex("3B80800101"), LONG_ATR) * 8, None, b"\x3b")
PIN_APDU = bytes.fromhex("0020008008FFFFFFFFFFFFFFFF")
CHANGE_APDU = bytes.fromhex("0024008010") + b"\xff" * 16
COMMANDS = (
    bytes(4), bytes.fromhex("00B0000010"), bytes.fromhex("00D60000 03 010203"),
    bytes.fromhex("00A4040003010203") + b"\0", bytes.fromhex("00C0000010"),
    bytes.fromhex("00B0000000 0100"), b"\0\xd6\0\0" + b"\xff" + bytes(255), b"\0",
    bytes.fromhex("00D6000000 0004") + bytes(4), bytes.fromhex("FFCA000000"),
    bytes.fromhex("FFC2010500"), bytes.fromhex("FFC2010000"),
)  # fmt: skip
KEYS = ("1", "2", "3", "4", "5", OK, OK, CLEAR, BACKSPACE, CANCEL)
SPECIAL = (*(b"\0\0\0",) * 7, b"\1\0\0", b"\2\0\0", b"\0\1\0", b"\0\3\0", b"\0\x10\0")


def answer(command: bytes) -> bytes | Busy | None:
    """A card's answer, which depends on the command alone."""
    match sum(command) % 11:
        case 0:
            return None
        case 1:
            return Busy(2.5, lambda: b"late\x90\x00")
        case 2:
            return bytes(300) + b"\x90\x00"
        case 3:
            return b"\x6a\x82"
    return bytes(range(sum(command) % 7)) + b"\x90\x00"


def _pin_verification(dice: random.Random) -> bytes:
    limits = dice.choice(((4, 8), (1, 4), (4, 4), (0, 16)))
    return bytes((
        0, dice.choice((0, 5, 30)), dice.choice((0x82, 0x82, 0x02, 0x45, 0x89, 0x00)),
        dice.choice((0x00, 0x08, 0x48, 0x04)), dice.choice((0x00, 0x04, 0x11)), *reversed(limits),
        dice.choice((1, 2, 3, 4, 7)), dice.choice((0, 1, 0xFF)), 9, 4, dice.randrange(2), 0, 0, 0,
    )) + PIN_APDU  # fmt: skip


def _pin_modification(dice: random.Random) -> bytes:
    count = dice.choice((0, 1, 2, 3, 0xFF))
    indexes = {0: 1, 1: 2, 2: 2}.get(count, 3)
    return bytes((
        1, dice.choice((0, 5, 30)), dice.choice((0x82, 0x02, 0x45)), dice.choice((0x00, 0x08)), 0,
        0, dice.choice((0, 8)), 8, 4, dice.randrange(4), dice.choice((2, 3)), count, 9, 4,
        *range(indexes), 0, 0, 0,
    )) + CHANGE_APDU  # fmt: skip


def _block(dice: random.Random) -> bytes:
    pcb = dice.choice((0x00, 0x40, 0x20, 0x80, 0x90, 0xC0, 0xC1, 0xC2, 0xC3, 0xE1))
    inf = dice.choice((b"", b"\x20", COMMANDS[1], COMMANDS[2]))
    return bytes(Block(dice.choice((0, 0, 0x12)), pcb, inf))


def _parameters(dice: random.Random) -> bytes:
    kind = dice.choice((T0Parameters, T1Parameters))
    raw = bytearray(bytes(kind()))
    if dice.random() < 0.3:
        raw[dice.randrange(len(raw))] = dice.choice((0, 1, 3, 4, 0x11, 0x95, 0xFE, 0xFF))
    return bytes(raw)


def _pps(dice: random.Random) -> bytes:
    return bytes.fromhex(dice.choice(("FF00FF", "FF01FE", "FF11957B")))


def _apdu(dice: random.Random) -> bytes:
    return dice.choice(COMMANDS)


def _escape(dice: random.Random) -> bytes:
    return bytes.fromhex(dice.choice(("00", "02", "0A", "5801", "4202", "FF00480000")))


def _rates(dice: random.Random) -> bytes:
    return dice.choice((4000, 0, 1 << 30)).to_bytes(4, "little") + (10752).to_bytes(4, "little")


def _nothing(_: random.Random) -> bytes:
    return b""


DATA: dict[MessageType, tuple[Callable[[random.Random], bytes], ...]] = {
    MessageType.PC_to_RDR_IccPowerOn: (_nothing,),
    MessageType.PC_to_RDR_IccPowerOff: (_nothing,),
    MessageType.PC_to_RDR_GetSlotStatus: (_nothing,),
    MessageType.PC_to_RDR_XfrBlock: (
        _apdu, _apdu, _apdu, _block, _pps, _nothing,
    ),
    MessageType.PC_to_RDR_GetParameters: (_nothing,),
    MessageType.PC_to_RDR_SetParameters: (_parameters,),
    MessageType.PC_to_RDR_ResetParameters: (_nothing,),
    MessageType.PC_to_RDR_Escape: (_escape,),
    MessageType.PC_to_RDR_IccClock: (_nothing,),
    MessageType.PC_to_RDR_T0APDU: (_nothing,),
    MessageType.PC_to_RDR_Secure: (
        _pin_verification, _pin_verification, _pin_modification,
        lambda dice: bytes((dice.choice((2, 3, 4, 5, 6)),)),
    ),
    MessageType.PC_to_RDR_Mechanical: (_nothing,),
    MessageType.PC_to_RDR_Abort: (_nothing,),
    MessageType.PC_to_RDR_SetDataRateAndClockFrequency: (_rates,),
}  # fmt: skip
OFTEN = (
    *DATA, *(MessageType.PC_to_RDR_XfrBlock,) * 6, *(MessageType.PC_to_RDR_IccPowerOn,) * 4,
    *(MessageType.PC_to_RDR_Secure,) * 3, MessageType.PC_to_RDR_SetParameters,
)  # fmt: skip


class Conversation:
    """A reader with its inputs and outputs."""

    def __init__(self, model: Model, seed: str) -> None:
        self.reader, self.dice = CcidReader(model), random.Random(seed)
        self.now, self.seq = 0.0, 0

    def lines(self, steps: int) -> Iterator[str]:
        """The conversation."""
        yield self._move()
        for _ in range(steps):
            yield f"> {self._step()}"
            yield from self._told()

    def _step(self) -> str:
        chance = self.dice.random()
        state = self.reader.slots[0].state
        if chance < (0.5 if state is IccStatus.ABSENT else 0.03):
            return self._move()
        if chance < 0.3 and self.reader.deadline is not None:
            self.now = max(self.now, self.reader.deadline)
            self.reader.tick(self.now)
            return f"tick at {self.now:.3f}"
        if chance < 0.6 and state is IccStatus.INACTIVE:
            return self._message(MessageType.PC_to_RDR_IccPowerOn)
        if chance < 0.12:
            self.now += self.dice.choice((0.01, 0.5, 7.0))
            self.reader.tick(self.now)
            return f"tick at {self.now:.3f}"
        if chance < 0.14:
            self.reader.abort(self.dice.choice((0, 0, 1)), self.seq)
            return f"abort {self.seq}"
        if chance < 0.65 and self.reader.pinpad.waiting:
            keys = [self.dice.choice(KEYS) for _ in range(self.dice.choice((1, 4, 5)))]
            return f"keys {' '.join(map(str, keys))}: {self.reader.pinpad.press(*keys)}"
        return self._message()

    def _message(self, wanted: MessageType | None = None) -> str:
        dice, kind = self.dice, wanted or self.dice.choice(OFTEN)
        data = dice.choice(DATA[kind])(dice)
        length, special = len(data), dice.choice(SPECIAL[6:9] if wanted else SPECIAL)
        match dice.randrange(40):
            case 0:
                data = data[:-1]
            case 1:
                length += 1
            case 2:
                special = dice.randbytes(3)
        self.seq = (self.seq + (kind != MessageType.PC_to_RDR_Abort)) & 0xFF
        slot = dice.choice((0,) * 20 + (1, 1, 7))
        raw = HEADER.pack(kind, length, slot, self.seq) + special + data
        self.reader.handle(raw, self.now)
        return short(raw)

    def _move(self) -> str:
        slot = self.dice.randrange(len(self.reader.slots))
        place = self.reader.slots[slot]
        try:
            if place.card is not None:
                self.reader.eject(slot)
                return f"eject {slot}"
            card = FakeCard(self.dice.choice(ATRS), answer)
            self.reader.insert(card, slot)
        except RuntimeError as error:
            return f"move {slot}: {error}"
        return f"insert {slot} {(card.atr or b'').hex()}"

    def _told(self) -> Iterator[str]:
        reader = self.reader
        for name, queue in (("<", reader.bulk_in), ("!", reader.interrupt_in)):
            yield from (f"{name} {short(raw)}" for raw in queue)
            queue.clear()
        if reader.deadline is not None:
            yield f"  due {reader.deadline:.3f}"
        if reader.pinpad.waiting:
            yield f"  asks {reader.pinpad.asking}, shows {reader.pinpad.display}"


def short(raw: bytes) -> str:
    """Format a message; shorten a long one to its header, length and end."""
    if len(raw) < 80:
        return raw.hex()
    return f"{raw[:10].hex()} and {len(raw) - 10} bytes to {raw[-4:].hex()}"
