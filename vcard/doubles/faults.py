"""Breaking things on purpose: faults at chosen commands, power-ups and memory writes.

    faults = Faults(seed=7)
    faults.on(ins=0x20).mute()
    faults.on("00 A4 ...").nth(3).remove()
    faults.on_write(2).tear()
    reader.insert(faults.around(card))

Every fault is deterministic: it strikes by count, and what is random comes from the seed.
Each strike is told to `on_strike`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Self

from ..contact import Busy, Contact, changed
from ..memory import Changes, Memory, PowerLost, Store, Value
from ..sw import SW
from .pattern import Pattern

log = logging.getLogger("vcard.faults")

Reply = bytes | Busy | None


@dataclass(frozen=True, slots=True)
class Strike:
    """One command that a fault strikes at."""

    card: FaultyCard
    command: bytes
    port: int | None

    def answer(self) -> Reply:
        """What the card itself says to the command."""
        return self.card.contact.exchange(self.command, self.port)


Effect = Callable[[Strike], Reply]


class When(Enum):
    """Where in a memory write the power goes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class Trigger:
    """When a fault strikes; its methods say what then happens. Built by Faults.on."""

    faults: Faults
    name: str
    pattern: Pattern | None = None
    first: int = 1
    limit: int | None = None
    seen: int = 0
    struck: int = 0
    effect: Effect | None = None

    def nth(self, number: int, *, count: int | None = 1) -> Self:
        """Strike from the `number`th occasion on (1 is the first), `count` times (None: ever)."""
        self.first, self.limit = number, count
        return self

    def mute(self) -> Trigger:
        """The card gives no answer."""
        return self._do("mute", lambda _: None)

    def delay(self, seconds: float) -> Trigger:
        """The right answer, `seconds` late; the reader asks for more time meanwhile."""
        return self._do(f"delay {seconds} s", lambda strike: Busy(seconds, strike.answer))

    def status(self, sw: SW | int) -> Trigger:
        """The command is not done; `sw` alone is answered."""
        raw = SW(int(sw)).raw
        return self._do(f"status {raw.hex().upper()}", lambda _: raw)

    def answer(self, raw: bytes) -> Trigger:
        """The command is not done; `raw` is answered, whatever it is."""
        return self._do(f"answer {raw.hex(' ').upper()}", lambda _: raw)

    def cut(self, length: int) -> Trigger:
        """The right answer, cut after `length` bytes."""
        return self._change(f"cut to {length} bytes", lambda answer: answer[:length])

    def oversize(self, length: int = 70000) -> Trigger:
        """The right answer, its data blown up so that it has `length` bytes."""

        def blow_up(answer: bytes) -> bytes:
            return answer[:-2].ljust(length - 2, b"\xa5") + answer[-2:]

        return self._change(f"oversize {length}", blow_up)

    def hostile(self) -> Trigger:
        """Random bytes of random length (0..300) instead of the answer, by the seed."""
        dice = self.faults.random
        return self._do("hostile answer", lambda _: dice.randbytes(dice.randrange(301)))

    def remove(self) -> Trigger:
        """The card is pulled out in the middle of the command."""
        return self._do("remove", lambda strike: strike.card.act("remove"))

    def reset(self) -> Trigger:
        """The supply fails and returns while the command runs: volatile state is gone."""

        def blink(strike: Strike) -> None:
            strike.card.power_down()
            strike.card.power_up()

        return self._do("reset", blink)

    def _change(self, text: str, change: Callable[[bytes], bytes]) -> Trigger:
        def broken(answer: bytes | None) -> bytes | None:
            return None if answer is None else change(answer)

        return self._do(text, lambda strike: changed(strike.answer(), broken))

    def _do(self, text: str, effect: Effect) -> Trigger:
        self.name = f"{self.name}: {text}"
        self.effect = effect
        return self

    def strikes(self) -> bool:
        """Count one occasion; True if the fault strikes at it."""
        self.seen += 1
        if self.seen < self.first or (self.limit is not None and self.struck >= self.limit):
            return False
        self.struck += 1
        self.faults.tell(self.name)
        return True


@dataclass(slots=True)
class WriteTrigger:
    """A memory write at which the power goes; built by Faults.on_write."""

    number: int
    when: When | None = None

    def tear(self, when: When | str = When.BEFORE) -> None:
        """Cut the power before or after the write; the store itself never keeps half of one."""
        self.when = When(when)


class Faults:
    """A set of faults, and the randomness they use."""

    def __init__(self, seed: int = 0, on_strike: Callable[[str], None] | None = None) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
        self.on_strike = on_strike
        self.triggers: list[Trigger] = []
        self.writes: list[WriteTrigger] = []
        self.atr: bytes | None = None
        self.write_count = 0

    def on(self, pattern: str = "...", *, ins: int | None = None) -> Trigger:
        """Commands that fit `pattern` (see vcard.pattern), or those with instruction `ins`."""
        text = pattern if ins is None else f"?? {ins:02X} ..."
        trigger = Trigger(self, text, Pattern.parse(text))
        self.triggers.append(trigger)
        return trigger

    def on_write(self, number: int) -> WriteTrigger:
        """The `number`th memory write from now on (1 is the next)."""
        trigger = WriteTrigger(self.write_count + number)
        self.writes.append(trigger)
        return trigger

    def change_atr(self, atr: bytes | None) -> None:
        """Show another ATR at every power-up (any bytes); None for the card's own."""
        self.atr = atr

    def clear(self) -> None:
        """No more faults; the counts of writes go on."""
        self.triggers.clear()
        self.writes.clear()
        self.atr = None

    def around(self, contact: Contact) -> FaultyCard:
        """The same card with these faults; its memory's writes are watched, too."""
        memory = getattr(contact, "memory", None)
        if isinstance(memory, Memory):
            memory.store = FaultyStore(memory.store, self)
        return FaultyCard(contact, self)

    def tell(self, text: str) -> None:
        """A fault struck."""
        log.info("fault: %s", text)
        if self.on_strike is not None:
            self.on_strike(text)


class FaultyCard:
    """A Contact around another one that strikes as its Faults say.

    `on_action("remove")` is set by whoever puts it into a reader.
    """

    def __init__(self, contact: Contact, faults: Faults) -> None:
        self.contact = contact
        self.faults = faults
        self.on_action: Callable[[str], None] | None = None

    def power_up(self) -> bytes | None:
        """The card's ATR, or the one that a fault shows."""
        atr = self.contact.power_up()
        if self.faults.atr is None:
            return atr
        self.faults.tell(f"ATR {self.faults.atr.hex(' ').upper()}")
        return self.faults.atr

    def power_down(self) -> None:
        """Pass on."""
        self.contact.power_down()

    def act(self, action: str) -> None:
        """Have the reader do something with the card; RuntimeError if it sits in none."""
        if self.on_action is None:
            raise RuntimeError(f"the fault {action!r} needs a card that sits in a reader")
        self.on_action(action)

    def exchange(self, command: bytes, port: int | None = None) -> Reply:
        """The card's answer, or what the first fault that strikes makes of it."""
        for trigger in self.faults.triggers:
            fits = trigger.pattern is not None and trigger.pattern.matches(command)
            if fits and trigger.effect is not None and trigger.strikes():
                return trigger.effect(Strike(self, command, port))
        return self.contact.exchange(command, port)


class FaultyStore:
    """A Store around another one that cuts the power at chosen writes."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    def load(self) -> dict[str, Value]:
        """Pass on."""
        return self._store.load()

    def commit(self, changes: Changes) -> None:
        """Pass on, unless the power goes before or after."""
        self._faults.write_count += 1
        due = [w.when for w in self._faults.writes if w.number == self._faults.write_count]
        if When.BEFORE in due:
            self._cut(When.BEFORE)
        self._store.commit(changes)
        if When.AFTER in due:
            self._cut(When.AFTER)

    def _cut(self, when: When) -> None:
        self._faults.tell(f"power cut {when.value} write {self._faults.write_count}")
        raise PowerLost
