"""The reader: a USB CCID device that takes messages and inputs and queues its answers.

What each message does is in readers/commands; this module decides what all have in common: which
slot, whether the command is allowed, who answers, and when.

Spec: USB CCID 1.1, 5.3.1 (ABORT), 6 (messages).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from vcard import Applet, Card, Contact
from vcard.compiled import mypyc_attr
from vcard.contact import secrets_of

from .ccid.codes import (
    HEADER,
    HEADER_SIZE,
    SLOT,
    TIME_EXTENSION,
    Error,
    Happening,
    IccStatus,
    MessageType,
)
from .commands.table import RULES, UNKNOWN
from .context import Guard
from .events import (
    CardEjected,
    CardInserted,
    Interrupted,
    MessageIn,
    MessageOut,
    PoweredDown,
    ReaderEvent,
)
from .exchange.apdu import exchange_for
from .models.model import Model, Quirk
from .slot import ANSWER, EXTENSION_S, Job, Owner, Rule, Slot, refusal
from .watched_contact import Removal, WatchedContact, lend

if TYPE_CHECKING:  # few readers have commands of their own, or a keypad; few cards have secrets
    from vcard.secret import SecretCommand

    from .acr122u import Peripherals
    from .pinpad.pinpad import Pinpad

OVERCURRENT: Final = 1


def _card(card: Contact | Applet) -> Contact:
    """The card itself, or a new one with the applet on it; TypeError if it is neither."""
    if isinstance(card, Applet):
        return Card(card)
    if not isinstance(card, type) and hasattr(card, "power_up") and hasattr(card, "exchange"):
        return card
    made = f"an instance, {card.__name__}(), is" if isinstance(card, type) else "a Contact is"
    raise TypeError(f"{card!r} is neither a card nor an applet; {made} wanted")


class Disturbance(Protocol):
    """A disturbance that overrides messages (readers.faults)."""

    def strike(self, reader: CcidReader, header: bytes) -> bool:
        """Handle a message in place of the reader; False to let the reader take it."""


@mypyc_attr(allow_interpreted_subclasses=True)
class CcidReader(Owner):
    """A reader of some model, with empty slots.

    `bulk_in` and `interrupt_in` hold what the host has not fetched yet. `guard` surrounds every
    input; `tap`, if set, is told everything; `moved`, if set, is called with the slot after a card
    came or went, and may wait until the host has seen it. `now` is the time of the last message or
    tick.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.slots = tuple(
            Slot(number, exchange_for(model), model.descriptor) for number in range(model.slots)
        )
        self.bulk_in = deque()
        self.interrupt_in: deque[bytes] = deque()
        self.guard = Guard()
        self.tap = None
        self.moved: Callable[[int], object] | None = None
        self.faults: Disturbance | None = None
        """Faults injected into the reader."""
        self.secrets: frozenset[SecretCommand] = frozenset()
        """The secret commands of every card inserted so far, for what displays the traffic."""
        self.now = 0.0
        self.listens = bool(model.quirks & (Quirk.PPDU | Quirk.PSEUDO_APDU | Quirk.ACR122U))
        self.peripherals = self._peripherals()
        self._room = model.room
        self._pinpad: Pinpad | None = None
        if model.has_pinpad:
            self.pinpad  # noqa: B018 - made now: threads share it

    @property
    def pinpad(self) -> Pinpad:
        """The keypad and the display; without a keypad, one that takes no key."""
        if self._pinpad is None:
            from .pinpad.pinpad import Pinpad

            self._pinpad = Pinpad(self)
        return self._pinpad

    # The host

    def handle(self, message: bytes, now: float, data: bytes | None = None) -> None:
        """Take one bulk-OUT message; the answer goes to `bulk_in`, now or later.

        `message` is the whole of it; or its header alone, and `data` its abData, which is then
        not copied.
        """
        if data is None:
            message, data = message[:HEADER_SIZE], message[HEADER_SIZE:]
        with self.guard:
            self.now = now
            if self.tap is not None:
                self.tap(MessageOut(message[SLOT] if len(message) > SLOT else 0, message + data))
            if self.faults is None or not self.faults.strike(self, message):
                self._take(message, data)

    def tick(self, now: float) -> None:
        """Perform everything that is due at `now`."""
        with self.guard:
            self.now = now
            for slot in self.slots:
                if slot.job is not None:
                    self._tick(slot.job)
                if lonely := slot.aborting.expire(now):
                    lonely.fail(Error.CMD_ABORTED)

    @property
    def deadline(self) -> float | None:
        """The time of the next `tick`, on the clock of `now`; None if nothing is under way."""
        times: list[float | None] = [slot.aborting.expires for slot in self.slots]
        times += [slot.job.deadline for slot in self.slots if slot.job is not None]
        return min((time for time in times if time is not None), default=None)

    def abort(self, slot: int, seq: int) -> None:
        """The control request ABORT; the other half is PC_to_RDR_Abort with the same bSeq."""
        from .commands.abort import abort_requested, complete  # most hosts wait for their answers

        with self.guard:
            if slot < len(self.slots) and (job := abort_requested(self.slots[slot], seq, self.now)):
                job.settle(complete)

    # People

    def insert(self, card: Contact | Applet, slot: int = 0) -> None:
        """Insert a card, or an applet on a card of its own; RuntimeError if the slot is occupied.

        TypeError for anything else.
        """
        card = _card(card)
        self.guard.await_look(slot)
        with self.guard:
            place = self._place(slot)
            if place.card is not None:
                raise RuntimeError(f"there is a card in slot {slot} already")
            lend(card, Removal(partial(self.eject, slot)))
            place.card, place.watched = card, WatchedContact(card, self, slot)
            self.secrets |= secrets_of(card)
            place.happens(Happening.INSERTED)
            self.tell(CardInserted(slot))
            self._notify(slot)
        if self.moved:
            self.moved(slot)

    def eject(self, slot: int = 0) -> Contact:
        """Remove the card and return it; RuntimeError if there is none, or if it is locked in."""
        self.guard.await_look(slot)
        with self.guard:
            place = self._place(slot)
            if place.card is None:
                raise RuntimeError(f"there is no card in slot {slot}")
            if place.locked:
                raise RuntimeError(f"the reader has locked the card in slot {slot}")
            watched = self.release(place)
            if place.job is not None:
                place.job.fail(Error.ICC_MUTE)
        watched.power_down()
        if self.moved:
            self.moved(slot)
        return watched.contact

    def reset(self) -> None:
        """Lose the supply: by a bus reset, or unplugged. Cards stay in, without power.

        Commands under way, PIN entries and half aborts end without an answer; a motor's lock
        opens. Keys that a person queued stay.
        """
        with self.guard:
            powered = [slot for slot in self.slots if slot.state is IccStatus.ACTIVE]
            cards = [slot.active_card for slot in powered]
            for slot in powered:
                self.tell(PoweredDown(slot.number))
            for slot in self.slots:
                slot.lose_power(self.model.descriptor)
            if self.model.has_pinpad:
                self.pinpad.lose_power()
            self.peripherals = self._peripherals()
            self.bulk_in.clear()
            self.interrupt_in.clear()
        for card in cards:
            card.power_down()

    def hardware_error(self, slot: int = 0, code: int = OVERCURRENT) -> None:
        """Simulate a hardware error: RDR_to_PC_HardwareError, and the command under way fails."""
        with self.guard:
            job = self._place(slot).job
            seq = job.seq if job else 0
            message = bytes((MessageType.RDR_to_PC_HardwareError, slot, seq, code))
            self._interrupt(slot, message)
            if job is not None:
                job.fail(Error.HW_ERROR)

    def _peripherals(self) -> Peripherals | None:
        if Quirk.ACR122U not in self.model.quirks:
            return None
        from .acr122u import Peripherals  # few readers have commands of their own

        return Peripherals()

    def _place(self, slot: int) -> Slot:
        if not 0 <= slot < len(self.slots):
            raise ValueError(f"the reader has slots 0..{len(self.slots) - 1}, not {slot}")
        return self.slots[slot]

    def release(self, slot: Slot) -> WatchedContact:
        """Remove the card from its slot; the caller handles whatever is under way there."""
        watched = slot.active_card
        slot.card = None
        slot.watched = None
        slot.atr = b""
        slot.computing = None
        slot.locked = False
        slot.happens(Happening.REMOVED)
        self.tell(CardEjected(slot.number))
        self._notify(slot.number)
        return watched

    # One message

    def _take(self, header: bytes, data: bytes) -> None:
        if len(header) < HEADER_SIZE:
            kind, _, number, seq = HEADER.unpack_from(header.ljust(HEADER_SIZE, b"\0"))
            self.refuse(RULES.get(kind, UNKNOWN), number, seq, Error.BAD_LENGTH)
            return
        kind, length, number, seq = HEADER.unpack_from(header)
        rule = RULES.get(kind, UNKNOWN)
        error = self._objection(rule, number, length, len(data))
        if error is None:
            slot = self.slots[number]
            job = Job(self, rule, slot, header, data)
            if not rule.beside:
                slot.job = job
            job.settle(rule.handler)
        elif error == Error.CMD_SLOT_BUSY and rule.busy is not None:
            Job(self, rule, self.slots[number], header, data).settle(rule.busy)
        else:
            self.refuse(rule, number, seq, error)

    def _objection(self, rule: Rule, number: int, length: int, size: int) -> int | None:
        """Return the bError for a message that cannot be tried; None if it can."""
        if number >= len(self.slots):
            return Error.BAD_SLOT
        slot = self.slots[number]
        if not rule.beside:
            if slot.aborting.expires is not None:
                return Error.CMD_ABORTED
            if slot.job is not None or (rule.touches and slot.computing is not None):
                return Error.CMD_SLOT_BUSY
            if rule is UNKNOWN:
                return Error.CMD_NOT_SUPPORTED
        if (
            length != size
            or not rule.min_length <= length <= rule.max_length
            or length > self._room
        ):
            return Error.BAD_LENGTH
        if slot.state > rule.needs:
            return Error.ICC_MUTE
        if rule.touches and len(self.slots) > 1 and self._crowded():
            return Error.CMD_SLOT_BUSY
        return None

    def _crowded(self) -> bool:
        busy = sum(slot.job is not None for slot in self.slots)
        return busy >= max(1, self.model.descriptor.bMaxCCIDBusySlots)  # some real ones say 0

    def _tick(self, job: Job) -> None:
        now = self.now
        if job.entry is not None and now >= job.entry.deadline:
            self.pinpad.tick()
        elif job.due is not None and now >= job.due:
            job.settle(Job.resume)
        elif job.rule.extends and now >= job.extend_at:
            job.extend_at = now + EXTENSION_S
            slot = job.slot
            status = TIME_EXTENSION | slot.state
            self.put(ANSWER.pack(job.rule.answer, 0, slot.number, job.seq, status, 1, 0))

    # What goes out

    def put(self, answer: bytes) -> None:
        """Queue a bulk-IN message."""
        self.bulk_in.append(answer)
        if self.tap is not None:
            self.tap(MessageIn(answer[5], answer))

    def tell(self, event: ReaderEvent) -> None:
        """Report an event to the tap, if there is one."""
        if self.tap is not None:
            self.tap(event)

    def refuse(self, rule: Rule, number: int, seq: int, error: int) -> None:
        """Answer that a command failed, with this bError."""
        slot = self.slots[number] if number < len(self.slots) else None
        self.put(refusal(rule, slot, number, seq, error))

    def _notify(self, moved: int) -> None:
        """Send RDR_to_PC_NotifySlotChange: which slots are occupied, and the one that changed.

        Each movement has a message of its own, so a host that reads all of them can count. libccid
        keeps only the last of several: the faces for it hold messages back (ifd_bridge/faces).
        """
        bits = sum(1 << 2 * s.number for s in self.slots if s.card is not None) | 2 << 2 * moved
        bitmap = bits.to_bytes((len(self.slots) + 3) // 4, "little")
        message = bytes((MessageType.RDR_to_PC_NotifySlotChange,)) + bitmap
        self._interrupt(moved, message)

    def _interrupt(self, slot: int, message: bytes) -> None:
        self.interrupt_in.append(message)
        self.tell(Interrupted(slot, message))
