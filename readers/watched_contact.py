"""The border with a card's code, which may raise, exit, or return a wrong type.

Every call of a card goes through here, whichever door the reader stands behind, so that no
misbehaviour gets past it: it is logged once and becomes a mute card. SystemExit, KeyboardInterrupt
and the outcomes of pytest are no Exceptions; let through, they would end the thread that serves
the reader and leave its slot busy for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from vcard import Busy, Contact

from .events import CommandSent, ResponseReceived, Tap

log = logging.getLogger("readers.card")

Answer = bytes | Busy | None
ON_ACTION = "on_action"
"""The attribute that lends a card its removal, if it can leave by itself (see FaultyCard)."""
LONGEST_WORK_S = 1e6
"""The longest delay (Busy.seconds) that counts as sensible; clocks overflow far above it."""
CAME_BACK: Final[list[Callable[[], None]]] = []
"""Called when a card's code has come back, whatever it did: a process in which none may puts
something in (ifd_bridge/cli/own_end.py)."""


def report(slot: int, error: BaseException) -> None:
    """Log a failure of card code, with its traceback; `error` is kept in the record."""
    _came_back()
    log.error("slot %d: the card's code failed: %r", slot, type(error), exc_info=error)


def _came_back() -> None:
    for tell in CAME_BACK:
        tell()


@dataclass(frozen=True, slots=True)
class Removal:
    """Lent by a reader to a card that leaves in the middle of a command, as a fault does."""

    eject: Callable[[], object]

    def __call__(self, _action: str) -> None:
        """Take the card out."""
        self.eject()


def lend(card: object, removal: Removal) -> None:
    """Give `removal` to each layer of a card that has a free `on_action`, or another reader's."""
    layer: object | None = card
    while layer is not None:
        lent = getattr(layer, ON_ACTION, layer)
        if lent is None or isinstance(lent, Removal):
            setattr(layer, ON_ACTION, removal)
        layer = getattr(layer, "contact", None)


class _Unjudged(Protocol):
    """A card, of which nothing is believed."""

    def power_up(self) -> object:
        """See Contact."""

    def power_down(self) -> object:
        """See Contact."""

    def exchange(self, command: bytes, port: int | None) -> object:
        """See Contact."""


class _Work(Protocol):
    """A Busy, of which nothing is believed."""

    @property
    def seconds(self) -> object:
        """See Busy."""


class Tapped(Protocol):
    """The caller of a card, as far as the card's watch needs it."""

    tap: Tap | None


class WatchedContact:
    """The card in slot number `slot`, as the reader calls it: it never raises.

    `contact` is the card itself. The reader's tap, if any, is told its commands and responses.
    """

    __slots__ = ("_card", "contact", "reader", "slot")

    def __init__(self, contact: Contact, reader: Tapped, slot: int) -> None:
        self.contact = contact
        self.reader = reader
        self.slot = slot
        self._card: _Unjudged = contact

    def power_up(self) -> bytes | None:
        """See Contact; None also where the card's code fails."""
        try:
            atr = self._card.power_up()
            _came_back()
            return _as_bytes("power_up()", atr)
        except BaseException as error:
            report(self.slot, error)
            return None

    def power_down(self) -> None:
        """See Contact."""
        try:
            self._card.power_down()
            _came_back()
        except BaseException as error:
            report(self.slot, error)

    def exchange(self, command: bytes, port: int | None = None) -> Answer:
        """See Contact; None also where the card's code fails."""
        tap = self.reader.tap
        if tap is not None:
            tap(CommandSent(self.slot, command, port))
        try:
            answer = self._card.exchange(command, port)
        except BaseException as error:
            report(self.slot, error)
            answer = None
        if CAME_BACK:
            _came_back()
        if type(answer) is bytes and tap is None:  # the way of nearly every command
            return answer
        return self._answered(command, answer)

    def _answered(self, command: bytes, answer: object) -> Answer:
        """The answer if it is one, told to the tap; later the same if the card is busy."""
        try:
            checked = _checked(answer)
        except TypeError as error:
            report(self.slot, error)
            checked = None
        if isinstance(checked, Busy):
            return Busy(checked.seconds, partial(self._finish, command, checked))
        if self.reader.tap is not None:
            self.reader.tap(ResponseReceived(self.slot, command, checked))
        return checked

    def _finish(self, command: bytes, busy: Busy) -> Answer:
        finish: Callable[[], object] = busy.finish
        try:
            answer = finish()
            _came_back()
        except BaseException as error:
            report(self.slot, error)
            answer = None
        return self._answered(command, answer)


def _checked(answer: object) -> Answer:
    """Return the answer if Contact.exchange may return it; TypeError for anything else."""
    if not isinstance(answer, Busy):
        return _as_bytes("exchange()", answer)
    work: _Work = answer
    seconds = work.seconds
    if not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_WORK_S:
        raise TypeError(f"Busy.seconds is 0..{LONGEST_WORK_S:.0f}, not {seconds!r}")
    return answer


def _as_bytes(method: str, value: object) -> bytes | None:
    """A copy of anything but bytes themselves, which a card cannot change later.

    Methods of a subclass are the card's code: its bytes are taken without them.
    """
    if value is None or type(value) is bytes:
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(memoryview(value))
    raise TypeError(f"{method} returned {type(value).__name__}, not bytes or None")
