"""The border between a reader and the card in it.

A reader knows a card only as a Contact: our Card, a foreign card on a socket, a real card
behind another reader, a recording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Busy:
    """The card works for `seconds`; then `finish()` gives the response APDU.

    `finish()` gives None if the card stays mute, and another Busy if it has to work on.

    Nothing waits here. The caller, who has the clock, calls `finish` when the time has come, or
    never, if the card is removed before.
    """

    seconds: float
    finish: Callable[[], bytes | Busy | None]

    def then(self, change: Callable[[bytes | None], bytes | None]) -> Busy:
        """The same delay; the response is passed through `change`."""
        return Busy(self.seconds, lambda: changed(self.finish(), change))


def changed(
    answer: bytes | Busy | None, change: Callable[[bytes | None], bytes | None]
) -> bytes | Busy | None:
    """The answer with its response passed through `change`, now or when it comes."""
    return answer.then(change) if isinstance(answer, Busy) else change(answer)


def at_once(answer: bytes | Busy | None) -> bytes | None:
    """Finish a Busy answer at once, for callers that do not model time."""
    while isinstance(answer, Busy):
        answer = answer.finish()
    return answer


class Contact(Protocol):
    """Something with contacts that a reader can power and talk to."""

    def power_up(self) -> bytes | None:
        """Cold or warm reset: the ATR (2..33 bytes), or None from a mute card."""

    def power_down(self) -> None:
        """Take the supply away: volatile state is gone. Harmless if it is off already."""

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
        """Send a command APDU, get the response APDU; None if the card stays mute.

        `port` is the logical interface (eSIM port) that the NAD selected; None where no
        NAD was used, so that the card's own current port counts.
        """


def asked(contact: object, name: str, kind: type[T]) -> T | None:
    """The attribute `name` of a card, looking through the wrappers around it; None without one.

    The one way to ask a card for what not every card has (its `habits`, `uid`, `progress`). A
    wrapper keeps what is inside in `contact`. Values of another type than `kind` do not count.
    """
    inner: object | None = contact
    while inner is not None:
        found = getattr(inner, name, None)
        if isinstance(found, kind):
            return found
        inner = getattr(inner, "contact", None)
    return None
