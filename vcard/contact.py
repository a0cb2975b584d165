"""The border between a reader and the card in it.

A reader knows a card only as a Contact: our Card, a foreign card on a socket, a real card
behind another reader, a recording. It asks (`asked`) for anything that not every card has, such as
its habits below the APDU.

Spec: ISO/IEC 7816-3, 10.3.3 (procedure bytes), 11.3.2.1 (NAD), 11.4.2 (IFSC).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:  # few cards have secrets other than PINs
    from .secret import SecretCommand

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Busy:
    """The card works for `seconds`; then `finish()` gives the response APDU.

    `finish()` gives None if the card stays mute, and another Busy if it has to work on.

    Nothing waits here: the caller owns the clock and calls `finish` when the time has come, or
    never if the card is removed first.
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

    Use it for every attribute that not every card has (`habits`, `uid`, `progress`). A wrapper
    keeps the card inside it in `contact`. Values of another type than `kind` do not count.
    """
    inner: object | None = contact
    while inner is not None:
        found = getattr(inner, name, None)
        if isinstance(found, kind):
            return found
        inner = getattr(inner, "contact", None)
    return None


def secrets_of(contact: object) -> frozenset[SecretCommand]:
    """The commands with secrets that a card declares, looking through wrappers."""
    found: frozenset[SecretCommand] | None = asked(contact, "secret_commands", frozenset)
    return found or frozenset()


# Below the APDU

Nads = Mapping[int, int | None]
"""The port that a NAD of the host selects; None is the port that is current without one."""


def nads_of_ports(count: int) -> Nads:
    """The NADs of a card with `count` ports: the port's number as destination, source 0.

    ETSI TS 102 221, 7.2.3.2.1.1 has the coding; it is a table, so that another can take its
    place. NAD 00 names no port.
    """
    return {0: None} | {port << 4: port for port in range(1, min(count, 8))}


@dataclass(frozen=True, slots=True)
class Habits:
    """The behaviour of a card with characters and blocks where the standard leaves it free.

    `nads` is None for a card without ports: its first block then fixes the NAD. `asks_ifsc`
    (1..254): a new IFSC that the card asks for with the first command. `one_by_one`: at T=0 it
    takes data byte by byte.
    """

    nads: Nads | None = None
    asks_ifsc: int | None = None
    one_by_one: bool = False

    def __post_init__(self) -> None:
        if self.asks_ifsc is not None and not 1 <= self.asks_ifsc <= 254:
            raise ValueError(f"an IFSC is 1..254, not {self.asks_ifsc}")


def habits_of(contact: object) -> Habits:
    """Habits of the innermost card, looking through wrappers; the defaults if it declares none."""
    return asked(contact, "habits", Habits) or Habits()


class Unit(Enum):
    """The input to the card: a PPS request, or a block or characters of its protocol."""

    PPS = "pps"
    BLOCK = "block"


@runtime_checkable
class LineTap(Protocol):
    """Stands between the contact and the card's own end of the protocol."""

    def passed(self, unit: Unit, answer: Callable[[], bytes | Busy | None]) -> bytes | Busy | None:
        """Return what the reader receives; `answer()` returns what the card itself sends."""


def line_tap_of(contact: Contact) -> LineTap | None:
    """Find what disturbs the line to a card, looking through wrappers; None if nothing does."""
    return asked(contact, "line_tap", LineTap)  # type: ignore[type-abstract] # runtime_checkable
