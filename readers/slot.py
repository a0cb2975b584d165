"""One slot of a reader: its card, its state, and the transitions between states.

Spec: USB CCID 1.1, 4.2 (ICC states), 6.2.6 (bmICCStatus).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from vcard import Contact

from .codes import IccStatus
from .descriptor import Descriptor
from .parameters import Parameters, default_parameters

if TYPE_CHECKING:
    from .exchange import Exchange
    from .job import Job


class Happening(Enum):
    """What moves a slot from one state to another."""

    INSERTED = auto()
    REMOVED = auto()
    ACTIVATED = auto()
    DEACTIVATED = auto()


TRANSITIONS: dict[tuple[IccStatus, Happening], IccStatus] = {
    (IccStatus.ABSENT, Happening.INSERTED): IccStatus.INACTIVE,
    (IccStatus.INACTIVE, Happening.ACTIVATED): IccStatus.ACTIVE,
    (IccStatus.INACTIVE, Happening.DEACTIVATED): IccStatus.INACTIVE,
    (IccStatus.INACTIVE, Happening.REMOVED): IccStatus.ABSENT,
    (IccStatus.ACTIVE, Happening.ACTIVATED): IccStatus.ACTIVE,
    (IccStatus.ACTIVE, Happening.DEACTIVATED): IccStatus.INACTIVE,
    (IccStatus.ACTIVE, Happening.REMOVED): IccStatus.ABSENT,
}
"""The state after each happening; what is not here cannot happen."""


class Aborting:
    """The halves that a slot has seen."""

    __slots__ = ("expires", "message", "requested")

    def __init__(self) -> None:
        self.requested: int | None = None
        self.message: Job | None = None
        self.expires: float | None = None  # None but between the halves

    def clear(self) -> None:
        """No half has come."""
        self.requested = self.message = self.expires = None


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
        self.watched: Contact | None = None
        self.atr = b""
        self.parameters: Parameters = default_parameters(b"")
        self.clock = descriptor.dwDefaultClock
        self.rate = descriptor.dwDataRate
        self.clock_stopped = False
        self.locked = False
        self.job: Job | None = None
        self.computing: Job | None = None  # whose card code runs; it may have been answered
        self.aborting = Aborting()

    def happens(self, what: Happening) -> None:
        """Go to the next state; whatever a change of state makes void is forgotten."""
        self.state = TRANSITIONS[self.state, what]
        self.clock_stopped = False
        self.exchange.reset()

    @property
    def active_card(self) -> Contact:
        """The card to keep and talk to, where there is one; a tap is told all of it."""
        assert self.watched is not None
        return self.watched
