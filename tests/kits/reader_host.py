"""For the readers' tests: an echoing card, and a host that numbers messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from readers import CcidReader, Model
from readers.ccid.message import Answer, Message, PC_to_RDR_IccPowerOn, parse_bulk
from readers.models import PLAIN
from vcard import Busy

ATR_T1 = bytes.fromhex("3B800181")
ATR_T0 = bytes.fromhex("3B00")


@dataclass
class FakeCard:
    """A Contact that returns a prepared answer; by default the command itself and 9000."""

    atr: bytes | None = ATR_T1
    answer: Callable[[bytes], bytes | Busy | None] = lambda command: command + b"\x90\x00"
    commands: list[bytes] = field(default_factory=list)
    powered: bool = False

    def power_up(self) -> bytes | None:
        self.powered = True
        return self.atr

    def power_down(self) -> None:
        self.powered = False

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
        self.commands.append(command)
        return self.answer(command)


class Host:
    """Sends messages to a reader and reads its answers."""

    def __init__(self, model: Model = PLAIN, card: FakeCard | None = None) -> None:
        self.reader = CcidReader(model)
        self.now = 0.0
        if card is not None:
            self.reader.insert(card)
            self.reader.interrupt_in.clear()

    def send(self, message: Message | bytes) -> None:
        self.reader.handle(bytes(message), self.now)

    def ask(self, message: Message | bytes) -> Answer:
        """Send and expect exactly one answer."""
        self.send(message)
        return self.answer()

    def answer(self) -> Answer:
        (answer,) = self.answers()
        return answer

    def answers(self) -> list[Answer]:
        raw = list(self.reader.bulk_in)
        self.reader.bulk_in.clear()
        parsed = [parse_bulk(answer) for answer in raw]
        assert all(isinstance(answer, Answer) for answer in parsed)
        return parsed  # type: ignore[return-value]

    def tick(self, now: float) -> None:
        self.now = now
        self.reader.tick(now)


def pinpad_host(model: Model, card: FakeCard | None = None) -> Host:
    """A host before a reader with a powered card."""
    host = Host(model, FakeCard(answer=lambda _: b"\x90\x00") if card is None else card)
    host.ask(PC_to_RDR_IccPowerOn())
    return host
