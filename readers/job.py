"""A job: one message that a slot is busy with, until its answer is out.

Card code runs inside `work`, with the reader free for others; what happened meanwhile is
looked at afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from vcard import Busy, Contact

from .codes import Error

if TYPE_CHECKING:
    from .entry import Entry
    from .pin_operation import PinRequest
    from .reader import CcidReader
    from .rules import Rule
    from .slot import Slot

T = TypeVar("T")

log = logging.getLogger("readers")

EXTENSION_S = 1.0
"""How often a host that waits is told that it may go on waiting."""

Reply = tuple[int, bytes]
"""What goes into a good answer: its third byte after bSeq, and its data."""
Outcome = bytes | Busy | None
"""What a card makes of a command: the response, not yet, or silence."""


class Refused(Exception):  # noqa: N818 - an answer to the host, no fault of ours
    """The command fails; `error` is bError."""

    def __init__(self, error: int) -> None:
        super().__init__(error)
        self.error = error


class Stale(Exception):  # noqa: N818 - nothing went wrong, somebody else has answered
    """The job has been answered while its card computed: the result is dropped."""


class Job:
    """One message under way. What is None or False here is so for nearly every job."""

    due: float | None = None
    """When the card has its answer, if it said so."""
    finish: Callable[[], Outcome]
    then: Callable[[bytes], Reply | None]
    entry: Entry | None = None
    request: PinRequest | None = None
    judged = False
    """The response is the card's judgement of a PIN."""
    as_data = False
    """The end of an entry is told in a status word, not in bError."""

    def __init__(self, reader: CcidReader, rule: Rule, slot: Slot, seq: int) -> None:
        self.reader = reader
        self.rule = rule
        self.slot = slot
        self.seq = seq
        self.extend_at = reader.now + EXTENSION_S

    @property
    def card(self) -> Contact:
        """The card to talk to, watched if anybody taps the reader."""
        slot = self.slot
        card = slot.card if self.reader.tap is None else slot.watched
        assert card is not None
        return card

    def run(self, work: Callable[[], T]) -> T | None:
        """Let the card compute with the guard released. Stale if the job is void afterwards."""
        slot, outcome = self.slot, None
        slot.computing = self
        try:
            outcome = self.reader.guard.unlocked(work)
        except Exception as error:
            log.error("slot %d: the card's code failed", slot.number, exc_info=error)
        if slot.computing is self:
            slot.computing = None
        if slot.job is not self:
            raise Stale
        return outcome

    def work(
        self, work: Callable[[], Outcome], then: Callable[[bytes], Reply | None]
    ) -> Reply | None:
        """Let the card compute; `then` makes the reply of its response, at once or later."""
        outcome = self.run(work)
        if outcome is None:
            raise Refused(Error.ICC_MUTE)
        if isinstance(outcome, Busy):
            self.due = self.reader.now + outcome.seconds
            self.finish, self.then = outcome.finish, then
            return None
        return then(outcome)

    def resume(self, _message: bytes = b"") -> Reply | None:
        """The card's time has come."""
        self.due = None
        return self.work(self.finish, self.then)

    @property
    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        times = [time for time in (self.due, self._extension) if time is not None]
        if self.entry is not None:
            times.append(self.entry.deadline)
        return min(times, default=None)

    @property
    def _extension(self) -> float | None:
        return self.extend_at if self.rule.extends else None
