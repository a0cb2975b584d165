"""The stream that carries a world's events to its taps.

A card must not wait for a viewer. So an event is only put down, with the time, which takes a
microsecond; a thread takes what is there every 40 ms, hides PINs once for all taps and calls them,
so that the interpreter's lock changes hands once for each batch.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from ..system import threads
from ..system.threads import nobody_waits
from .events import Answered, Called, CommandSent, Event, Lost, ReaderEvent, ResponseReceived, Tap

if TYPE_CHECKING:  # what hides PINs is imported with the first event: most worlds show none
    from vcard.secret import SecretCommand

    from .mask import Masker

log = logging.getLogger("vcard.trace")

BATCH_S = 0.04
"""Interval between batches of events, in seconds."""
MOST = 50_000
"""Queue limit. Beyond it, the thread that adds an event helps to drain the queue."""
ROOM_S = 1.0
"""Seconds to wait for a stuck tap before events are dropped."""

Taps = tuple[tuple[Tap, bool, bool], ...]
"""Each tap, whether it sees PINs, and whether it wants the driver's calls."""

_ENDS: dict[type[ReaderEvent], type[ReaderEvent]] = {
    ResponseReceived: CommandSent,
    Answered: Called,
}
_BEGINS = frozenset(_ENDS.values())


class Stream:
    """Carries events to its taps; `on` while there are any, `calls` while one wants calls, too.

    Callers ask `on` first, so that a trace costs nothing when it is off:
    `if stream.on: stream.say(name, Called(...))`. Taps may come and go at any time; they are
    called in a thread of the stream's own, one after the other, and must not call readers. A tap
    that raises is dropped. `switches` are told when the first tap comes (True) and when the last
    one goes (False).
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.now = clock
        self.on = self.calls = False
        self.switches: list[Callable[[bool], None]] = []
        self._said: deque[tuple[float, str, ReaderEvent]] = deque()
        self._taps: Taps = ()
        self._cards: dict[str, Callable[[], frozenset[SecretCommand]]] = {}
        self._began: dict[tuple[str, int, type[ReaderEvent]], float] = {}
        self._lost = 0
        self._stuck = self._showing = False
        self._change, self._show = threading.Lock(), threading.RLock()
        self._wake, self._over, self._quiet = threading.Event(), threading.Event(), True

    @cached_property
    def _masker(self) -> Masker:
        from .mask import Masker

        return Masker(self._cards)

    def know(self, reader: str, secrets: Callable[[], frozenset[SecretCommand]]) -> None:
        """Hide the commands in a reader's traffic that `secrets` names when it is asked."""
        self._cards[reader] = secrets

    def forget(self, reader: str) -> None:
        """Ask a reader for its secrets no more; its last ones stay hidden in what still comes."""
        secrets = self._cards.pop(reader, frozenset)()
        if secrets:
            self._cards[reader] = lambda: secrets

    def say(self, reader: str, what: ReaderEvent) -> None:
        """Tell that something happens at a reader now."""
        self.teller(reader)(what)

    def teller(self, reader: str) -> Callable[[ReaderEvent], None]:
        """Return what reports events of one reader; cards wait for it, so it looks up nothing."""
        said, put_down, now = self._said, self._said.append, self.now

        def tell(what: ReaderEvent) -> None:
            if len(said) >= MOST and not self._room():
                self._lost += 1
                return
            put_down((now(), reader, what))
            if self._quiet:
                self._quiet = False
                self._wake.set()

        return tell

    def settle(self) -> int:
        """Show what was said until now, and return how much that was; 0 if a tap is stuck.

        Inside a tap this does nothing.
        """
        if not self._show.acquire(timeout=ROOM_S):
            return 0
        try:
            if self._showing:
                return 0
            self._showing = True
            try:
                return self._show_all()
            finally:
                self._showing = False
        finally:
            self._show.release()

    def add(self, tap: Tap, *, pins: bool = False, calls: bool = True) -> None:
        """Let `tap` see every event from now on, with its PINs hidden unless `pins`.

        What pcscd asks of drivers is reported only while a tap wants `calls`.
        """
        self.settle()
        self._turn(lambda taps: (*taps, (tap, pins, calls)))

    def remove(self, tap: Tap) -> None:
        """Let `tap` see nothing more; harmless if it is gone already."""
        self.settle()
        self._drop(tap)

    def close(self) -> None:
        """Show what is left, then drop all further events."""
        self.settle()
        self._turn(lambda _taps: ())

    def _show_all(self) -> int:
        waiting = len(self._said)
        for _ in range(waiting):
            if not self._shown(*self._said.popleft()):
                self._lost += 1
        lost, self._lost = self._lost, 0
        if lost and not self._shown(self.now(), "", Lost(0, lost)):
            self._lost += lost
        self._stuck = False
        return waiting

    def _shown(self, at: float, reader: str, what: ReaderEvent) -> bool:
        """Pass an event on, unless its secrets could not be hidden."""
        try:
            self._pass_on(at, reader, what)
        except Exception:  # a fault of ours, which no card waits for
            log.exception("an event cannot be shown: %s", type(what).__name__)
            return False
        return True

    def _drop(self, tap: Tap) -> None:
        self._turn(lambda taps: tuple(other for other in taps if other[0] != tap))

    def _turn(self, change: Callable[[Taps], Taps]) -> None:
        with self._change:
            self._taps = change(self._taps)
            on = bool(self._taps)
            self.calls = any(calls for _, _, calls in self._taps)
            if on is self.on:
                return
            self.on = on
            if on:
                self._begin()
            else:
                self._over.set()
                self._wake.set()
            for switch in self.switches:
                switch(on)

    def _begin(self) -> None:
        self._said.clear()
        self._wake, self._over, self._quiet = threading.Event(), threading.Event(), True
        threads.start("vcard-trace", partial(self._work, self._wake, self._over), self._give_up)

    def _give_up(self) -> None:
        """Stop: taps that wait for events learn that none will come."""
        taps = self._taps
        self._turn(lambda _taps: ())
        for tap, *_ in taps:
            getattr(tap, "close", nobody_waits)()

    def _work(self, wake: threading.Event, over: threading.Event) -> None:
        while not over.is_set():
            wake.wait()
            wake.clear()
            while not over.wait(BATCH_S) and self.settle():
                pass
            self._quiet = True
            if self._said:  # said before anybody knew that it is quiet
                wake.set()

    def _room(self) -> bool:
        """Help to show what waits; false if a tap is stuck."""
        if not self._stuck:
            self.settle()
            self._stuck = len(self._said) >= MOST
        return not self._stuck

    def _pass_on(self, at: float, reader: str, what: ReaderEvent) -> None:
        kind, seconds = type(what), None
        if kind in _BEGINS:
            self._began[reader, what.slot, kind] = at
        elif kind in _ENDS:
            began = self._began.pop((reader, what.slot, _ENDS[kind]), at)
            seconds = max(0.0, at - began)
        event = Event(at, reader, what, seconds)
        masked = self._masker(event)
        for tap, pins, _ in self._taps:
            try:
                tap(event if pins else masked)
            except BaseException:  # whatever it is: the tap is at fault, not the card
                self._drop(tap)
