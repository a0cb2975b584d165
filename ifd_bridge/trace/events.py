"""The events of a world, and the stream that carries them to whoever watches.

Nothing is formatted or written here. An event says what happened in bytes and numbers, as it
was on the border; names for people are added by the taps (text.py and its neighbours).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ifd_bridge.ifd import Code, Function


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened: `at` in seconds since the epoch, at a slot of a reader."""

    at: float
    reader: str
    slot: int


@dataclass(frozen=True, slots=True)
class Called(Event):
    """pcscd called an IFDH function.

    `number` is the function's own number: a tag, an action, a protocol or a control code;
    `data` is the command, the value or the control's input.
    """

    function: Function
    number: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The driver answered the last call of this slot, after `seconds`."""

    function: Function
    number: int
    code: Code
    data: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class MessageOut(Event):
    """A PC_to_RDR message went to the reader (bulk OUT)."""

    message: bytes


@dataclass(frozen=True, slots=True)
class MessageIn(Event):
    """A RDR_to_PC message came from the reader (bulk IN)."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Interrupted(Event):
    """A RDR_to_PC message came by itself (interrupt IN)."""

    message: bytes


@dataclass(frozen=True, slots=True)
class PoweredUp(Event):
    """The card got its supply or a reset; `atr` is None from a mute card."""

    atr: bytes | None


@dataclass(frozen=True, slots=True)
class PoweredDown(Event):
    """The card's supply was taken away."""


@dataclass(frozen=True, slots=True)
class CommandSent(Event):
    """A command APDU reached the card, on the port that the NAD named (None: no NAD)."""

    command: bytes
    port: int | None = None


@dataclass(frozen=True, slots=True)
class ResponseReceived(Event):
    """The card answered `command`, `seconds` after it was sent; None if it stayed mute."""

    command: bytes
    response: bytes | None
    seconds: float


@dataclass(frozen=True, slots=True)
class CardInserted(Event):
    """A card was put in."""


@dataclass(frozen=True, slots=True)
class CardEjected(Event):
    """The card was taken out."""


@dataclass(frozen=True, slots=True)
class KeyPressed(Event):
    """A key of the keypad was pressed. `key` is a secret if it is a digit."""

    key: str


@dataclass(frozen=True, slots=True)
class Displayed(Event):
    """The reader's display shows `text` now (lines divided by newlines, "" when dark)."""

    text: str


@dataclass(frozen=True, slots=True)
class FaultStruck(Event):
    """A fault that was asked for struck; `text` says where and how."""

    text: str


Tap = Callable[[Event], None]


class Stream:
    """Carries events to its taps; false while nobody listens.

    Whoever has something to say asks first, so that a trace costs nothing when it is off:
    `if stream: stream(Called(stream.now(), ...))`. Taps may come and go at any time; they are
    called in the thread where the event happened and must be quick. A tap that raises is
    dropped, so that a broken pipe of a watcher harms no card. `switches` are told when the first
    tap comes (True) and when the last one goes (False).
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.now = clock
        self._taps: tuple[Tap, ...] = ()
        self._lock = threading.Lock()
        self.switches: list[Callable[[bool], None]] = []

    def __bool__(self) -> bool:
        return bool(self._taps)

    def __call__(self, event: Event) -> None:
        """Show `event` to every tap."""
        for tap in self._taps:
            try:
                tap(event)
            except Exception:  # whatever it is: the tap is at fault, not the card
                self.remove(tap)

    def add(self, tap: Tap) -> None:
        """Let `tap` see every event from now on."""
        self._change(lambda taps: (*taps, tap))

    def remove(self, tap: Tap) -> None:
        """Let `tap` see nothing more; harmless if it is gone already."""
        self._change(lambda taps: tuple(other for other in taps if other != tap))

    def _change(self, change: Callable[[tuple[Tap, ...]], tuple[Tap, ...]]) -> None:
        with self._lock:
            taps = change(self._taps)
            turned = bool(taps) is not bool(self._taps)
            self._taps = taps
            for switch in self.switches if turned else ():
                switch(bool(taps))
