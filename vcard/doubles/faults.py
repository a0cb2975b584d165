"""Faults on purpose: at chosen commands, power-ups, blocks and memory writes.

    faults = Faults(seed=7)
    faults.on(ins=0x20).mute()
    faults.on("00 A4 ...").nth(3).remove()
    faults.on_power_up(warm=True).nth(2).mute()
    faults.on_line(Unit.BLOCK).nth(3).answer(raw)
    faults.on_write(2).tear()
    reader.insert(faults.around(card))

Every fault is deterministic: it strikes by count, and what is random comes from the seed.
Each strike is told to `on_strike`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from ..contact import Contact, Unit, at_once
from ..hid import Answer, Around, HidFunction, hid_function_of, unchanged
from ..memory import Changes, Memory, PowerLost, Store, Value
from .faulty_function import FaultyFunction, Supply
from .pattern import Pattern
from .trigger import Reply, Strike, Target, Trigger

log = logging.getLogger("vcard.faults")


class When(Enum):
    """The moment of a power failure in relation to a memory write."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class WriteTrigger:
    """A memory write at which the power fails; built by Faults.on_write."""

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
        self.power_ups: list[Trigger] = []
        self.line: dict[Unit, list[Trigger]] = {unit: [] for unit in Unit}
        self.writes: list[WriteTrigger] = []
        self.atr: bytes | None = None
        self.write_count = 0

    def on(self, pattern: str = "...", *, ins: int | None = None) -> Trigger:
        """Commands that fit `pattern` (see vcard.pattern), or those with instruction `ins`."""
        text = pattern if ins is None else f"?? {ins:02X} ..."
        trigger = Trigger(self.random, text, Pattern.parse(text))
        self.triggers.append(trigger)
        return trigger

    def on_power_up(self, *, warm: bool | None = None) -> Trigger:
        """Power-ups: cold ones, `warm` ones (a reset under power), or both."""
        kind = {None: "", False: "cold ", True: "warm "}[warm]
        trigger = Trigger(self.random, f"{kind}power-up", warm=warm)
        self.power_ups.append(trigger)
        return trigger

    def on_line(self, unit: Unit) -> Trigger:
        """Faults below the APDU, in readers that exchange blocks or characters."""
        trigger = Trigger(self.random, unit.value)
        self.line[unit].append(trigger)
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
        """Remove all faults; the counts of writes continue."""
        self.triggers.clear()
        self.power_ups.clear()
        for triggers in self.line.values():
            triggers.clear()
        self.writes.clear()
        self.atr = None

    def around(self, contact: Contact) -> FaultyCard:
        """Wrap a card with these faults; the writes of its memory are watched as well."""
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

    `on_action("remove")` is set by the reader that it is put into, unless somebody has before.
    """

    def __init__(self, contact: Contact, faults: Faults) -> None:
        self.contact = contact
        self.faults = faults
        self.on_action: Callable[[str], None] | None = None
        self._powered = False

    @property
    def line_tap(self) -> FaultyCard:
        """See LineTap: faults below the APDU strike here."""
        return self

    def power_up(self) -> bytes | None:
        """The card's ATR, or the one that a fault shows."""
        warm, self._powered = self._powered, True
        fitting = [one for one in self.faults.power_ups if one.warm in (None, warm)]
        atr = self._atr()  # the card starts, whatever its ATR is
        return at_once(self._struck(fitting, lambda: atr))

    def _atr(self) -> bytes | None:
        atr = self.contact.power_up()
        if self.faults.atr is None:
            return atr
        self.faults.tell(f"ATR {self.faults.atr.hex(' ').upper()}")
        return self.faults.atr

    def power_down(self) -> None:
        """Pass on."""
        self._powered = False
        self.contact.power_down()

    def act(self, action: str) -> None:
        """Have the reader do something with the card; RuntimeError if it sits in none."""
        if self.on_action is None:
            raise RuntimeError(f"the fault {action!r} needs a card that sits in a reader")
        self.on_action(action)

    def exchange(self, command: bytes, port: int | None = None) -> Reply:
        """The card's answer, changed by the first fault that strikes."""
        return self._at(command, lambda: self.contact.exchange(command, port), self)

    def hid_function(self, around: Around = unchanged) -> HidFunction | None:
        """Begin the card's work on a bus; the faults of commands strike there as well."""
        supply = Supply(self.act)

        def struck(command: bytes, answer: Answer) -> Reply:
            return around(command, lambda: self._at(command, answer, supply))

        found = hid_function_of(self.contact, struck)
        return None if found is None else FaultyFunction(found, supply)

    def _at(self, command: bytes, answer: Answer, card: Target) -> Reply:
        """Work on a command, or let a fault strike at the card, or at its function on a bus."""
        fitting = [
            one for one in self.faults.triggers if one.pattern and one.pattern.matches(command)
        ]
        return self._struck(fitting, answer, card)

    def passed(self, unit: Unit, answer: Answer) -> Reply:
        """Return the card's output on its line, or a fault's version of it."""
        return self._struck(self.faults.line[unit], answer)

    def _struck(
        self, fitting: Iterable[Trigger], answer: Answer, card: Target | None = None
    ) -> Reply:
        """Each fault counts the occasion; the first that is due strikes."""
        due = [one for one in fitting if one.effect is not None and one.count.strikes()]
        if not due:
            return answer()
        self.faults.tell(due[0].name)
        assert due[0].effect is not None
        return due[0].effect(Strike(self if card is None else card, answer))


class FaultyStore:
    """Wraps a Store and cuts the power at chosen writes."""

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
