"""A slot of a reader, its current job, and its way to the card.

A job is one message under way, until its answer is sent. Card code runs inside `work` with the
reader free for others; its result is dropped if the job was answered meanwhile (card removed,
aborted). While dropped code still runs, the slot refuses new work with E0 (`computing`): two
threads are never inside one card. Slot and job stand in one module, since each holds the other.

Spec: USB CCID 1.1, 4.2 (ICC states), 6.2.6 (bmICCStatus).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from vcard import Busy, Contact
from vcard.compiled import mypyc_attr

from .ccid.codes import FAILED, SEQUENCE, TRANSITIONS, Error, Happening, IccStatus, MessageType
from .ccid.descriptor import Descriptor
from .ccid.parameters import Parameters, default_parameters
from .context import Context
from .models.model import Quirk
from .watched_contact import WatchedContact, report

if TYPE_CHECKING:  # few readers have commands of their own, or a keypad
    from .acr122u import Peripherals
    from .ccid.pin_request import PinRequest
    from .pinpad.entry import Entry
    from .pinpad.pinpad import Pinpad

ANSWER: Final = Struct("<BIBBBBB")
"""The ten bytes of an answer: type, dwLength, bSlot, bSeq, bStatus, bError, one more."""
RATES: Final = Struct("<II")
_PARAMETERS: Final = MessageType.RDR_to_PC_Parameters
T = TypeVar("T")

EXTENSION_S: Final = 1.0
"""Interval of time extensions for a host that waits."""

Reply = tuple[int, bytes]
"""The content of a successful answer: its third byte after bSeq, and its data."""
Outcome = bytes | Busy | None
"""A card's result: the response, Busy, or None if it is mute."""
Then = Callable[[bytes], Reply | None]


class Refused(Exception):  # noqa: N818 - an answer to the host, no fault of ours
    """The command fails; `error` is bError."""

    def __init__(self, error: int) -> None:
        super().__init__(error)
        self.error = error


class Stale(Exception):  # noqa: N818 - nothing went wrong, somebody else has answered
    """The job has been answered while its card computed: the result is dropped."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule for a message type.

    Lengths are those of the data after the header. `needs`: least slot state required. `touches`:
    occupies the card (counts against bMaxCCIDBusySlots). `extends`: the host understands time
    extensions in the answer. `beside`: accepted while the slot is busy. `busy`: handles the message
    while the slot is busy, in place of the refusal.
    """

    answer: MessageType
    handler: Handler
    needs: IccStatus = IccStatus.ABSENT
    min_length: int = 0
    max_length: int = 0
    touches: bool = False
    extends: bool = False
    beside: bool = False
    busy: Handler | None = None


class Exchange(Protocol):
    """An exchange level: how a slot exchanges data with its card."""

    def reset(self) -> None:
        """The card was activated, deactivated or removed: forget what was under way."""

    def renegotiated(self) -> None:
        """The host changed the protocol or its parameters; the card is not affected."""

    def transfer(self, job: Job, level: int, data: bytes) -> Reply | None:
        """PC_to_RDR_XfrBlock: `level` is wLevelParameter.

        The reply is bChainParameter and abData; None if it comes later. Raises Refused with
        bError; card code goes through `job.work`.
        """

    def send_pin(self, job: Job, prologue: bytes, command: bytes) -> Reply | None:
        """Send the command APDU with the PIN in it; `prologue` is bTeoPrologue, 3 bytes.

        The answer is what the host would get for an XfrBlock: a response APDU, or a block.
        """

    def continue_pin(self, job: Job, operation: int, data: bytes) -> Reply | None:
        """PC_to_RDR_Secure with bPINOperation 2, 3, 5 or 6; Refused where they mean nothing."""

    def status_word(self, job: Job, answer: bytes) -> bytes:
        """SW1-SW2 of what `send_pin` answered; empty if there is none."""


class Aborting:
    """The halves of an abort that a slot has received."""

    __slots__ = ("expires", "message", "requested")

    def __init__(self) -> None:
        self.requested: int | None = None
        self.message: Job | None = None
        self.expires: float | None = None  # None but between the halves

    def clear(self) -> None:
        """Forget both halves."""
        self.requested = self.message = self.expires = None

    def expire(self, now: float) -> Job | None:
        """Drop a half that stayed alone; returns the Abort message that must be refused."""
        if self.expires is None or now < self.expires:
            return None
        message = self.message
        self.clear()
        return message


class Slot:
    """A slot. `state` is what bmICCStatus says of it."""

    __slots__ = (
        "aborting",
        "atr",
        "card",
        "clock",
        "clock_stopped",
        "computing",
        "exchange",
        "job",
        "locked",
        "number",
        "parameters",
        "rate",
        "state",
        "watched",
    )

    def __init__(self, number: int, exchange: Exchange, descriptor: Descriptor) -> None:
        self.number = number
        self.exchange = exchange
        self.state = IccStatus.ABSENT
        self.card: Contact | None = None
        self.watched: WatchedContact | None = None
        self.atr = b""
        self.parameters: Parameters = default_parameters(b"")
        self.clock = descriptor.dwDefaultClock
        self.rate = descriptor.dwDataRate
        self.clock_stopped = False
        self.locked = False
        self.job: Job | None = None
        self.computing: Job | None = None  # whose card code runs; it may have been answered
        self.aborting = Aborting()

    def lose_power(self, descriptor: Descriptor) -> None:
        """Discard all state but the card; its code may still run and keeps `computing`."""
        self.job = None
        self.aborting.clear()
        self.locked = False
        self.atr = b""
        self.parameters = default_parameters(b"")
        self.clock, self.rate = descriptor.dwDefaultClock, descriptor.dwDataRate
        if self.card is not None:
            self.happens(Happening.DEACTIVATED)

    def happens(self, what: Happening) -> None:
        """Change state, and discard what the change invalidates."""
        self.state = TRANSITIONS[self.state, what]
        self.clock_stopped = False
        self.exchange.reset()

    @property
    def active_card(self) -> WatchedContact:
        """The inserted card behind its border. Only valid while a card is present."""
        assert self.watched is not None
        return self.watched

    @property
    def clock_status(self) -> int:
        """bClockStatus: 0 runs, 1 stopped low."""
        return int(self.clock_stopped)


@mypyc_attr(allow_interpreted_subclasses=True)
class Owner(Context):
    """The part of a reader that its jobs need in addition to Context."""

    peripherals: Peripherals | None
    """The peripherals that some of these commands control."""

    @property
    def pinpad(self) -> Pinpad:
        """The keypad and the display."""
        raise NotImplementedError

    def release(self, slot: Slot) -> WatchedContact:
        """Remove the card from its slot."""
        raise NotImplementedError


class Job:
    """One message under way.

    `header` is the message's header, `data` its abData. Defaults that hold for nearly every job are
    class attributes: a job is created for each APDU.
    """

    due: float | None = None
    """The time at which a busy card will have its response; None if it is not busy."""
    finish: Callable[[], Outcome]
    then: Then
    entry: Entry | None = None
    request: PinRequest | None = None
    judged = False
    """True if the response is the card's verdict on a PIN."""
    as_data = False
    """True if the end of an entry is reported as a status word, not as bError."""

    def __init__(self, reader: Owner, rule: Rule, slot: Slot, header: bytes, data: bytes) -> None:
        self.reader = reader
        self.rule = rule
        self.slot = slot
        self.header = header
        self.data = data
        self.seq = header[SEQUENCE]
        self.extend_at = reader.now + EXTENSION_S

    @property
    def card(self) -> WatchedContact:
        """The card to talk to."""
        return self.slot.active_card

    def run(self, work: Callable[[], T]) -> T | None:
        """Let the card compute with the guard released. Stale if the job is void afterwards."""
        self.slot.computing = self
        try:
            outcome = self.reader.guard.unlocked(work)
        except BaseException as error:  # a card's attributes are code as well
            report(self.slot.number, error)
            outcome = None
        self._computed()
        return outcome

    def _computed(self) -> None:
        if self.slot.computing is self:
            self.slot.computing = None
        if self.slot.job is not self:
            raise Stale

    def work(self, work: Callable[[], Outcome], then: Then) -> Reply | None:
        """Let the card compute; `then` makes the reply of its response, at once or later."""
        outcome = self.run(work)
        return then(outcome) if type(outcome) is bytes else self.later(outcome, then)

    def exchange(self, command: bytes) -> Outcome:
        """Let the card answer a command, as `run` does; what is no response is for `later`."""
        slot, guard = self.slot, self.reader.guard
        assert slot.watched is not None
        slot.computing = self
        held = guard.let_go()
        try:
            outcome = slot.watched.exchange(command)
        finally:
            guard.take_again(held)
        self._computed()
        return outcome

    def later(self, outcome: Outcome, then: Then) -> Reply | None:
        """Wait for a busy card, with None as the reply; Refused for one that is mute."""
        if not isinstance(outcome, Busy):
            raise Refused(Error.ICC_MUTE)
        self.due = self.reader.now + outcome.seconds
        self.finish, self.then = outcome.finish, then
        return None

    def resume(self) -> Reply | None:
        """Finish the computation of a busy card."""
        self.due = None
        return self.work(self.finish, self.then)

    @property
    def deadline(self) -> float | None:
        """The time of the next required `tick`."""
        extension = self.extend_at if self.rule.extends else None
        times = [time for time in (self.due, extension) if time is not None]
        if self.entry is not None:
            times.append(self.entry.deadline)
        return min(times, default=None)

    def settle(self, work: Handler) -> None:
        """Run a step of the job, and answer if that ends it."""
        try:
            reply = work(self)
        except Refused as refused:
            self.fail(refused.error)
            return
        except Stale:
            return
        if reply is None:
            return
        slot, reader, data = self.slot, self.reader, reply[1]
        if slot.job is self:
            slot.job = None
        if self.judged:
            reader.pinpad.judged(slot.exchange.status_word(self, data))
        answer = self.rule.answer
        if answer is _PARAMETERS and reader.model.has(Quirk.ZERO_LENGTH_PACKETS):
            reader.bulk_in.append(b"")
        head = ANSWER.pack(answer, len(data), slot.number, self.seq, slot.state, 0, reply[0])
        reader.put(head + data)

    def fail(self, error: int) -> None:
        """Answer with a failure."""
        slot = self.slot
        if slot.job is self:
            slot.job = None
            if self.entry is not None:
                self.reader.pinpad.drop(self.entry)
        self.reader.put(refusal(self.rule, slot, slot.number, self.seq, error))


Handler = Callable[[Job], Reply | None]


def refusal(rule: Rule, slot: Slot | None, number: int, seq: int, error: int) -> bytes:
    """Return the answer for a failed command, with the slot's current status."""
    status = FAILED | (slot.state if slot else IccStatus.ABSENT)
    data, last = b"", 0
    if rule.answer == MessageType.RDR_to_PC_SlotStatus:
        last = slot.clock_status if slot else 0
    if rule.answer == MessageType.RDR_to_PC_DataRateAndClockFrequency:
        data = RATES.pack(*((slot.clock, slot.rate) if slot else (0, 0)))
    return ANSWER.pack(rule.answer, len(data), number, seq, status, error, last) + data
