"""A card's function on a bus, in real time and in a thread of its own.

The holder of the port's guard only queues reports. The thread works without the guard, so a card
that computes blocks neither the bus nor the reader.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ifd_bridge.system import threads
from vcard.hid import HidFunction

log = logging.getLogger("readers.card")

MOST_REPORTS = 1024
"""Reports that may wait: eight of the longest messages. A host that sends more loses them."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A report of the host; None for a power-up, `life` counts those."""

    life: int
    report: bytes | None


class BusFunction:
    """A function as its HID interface knows it: what comes in is answered later, by `deliver`.

    `deliver` is called with reports by the thread, if no power-up came after what they answer;
    `failed`, if the thread ends where it should not.
    """

    deadline = None
    """Do nothing: the thread looks."""

    def __init__(
        self,
        function: HidFunction,
        deliver: Callable[[list[bytes]], object],
        clock: Callable[[], float] = time.monotonic,
        failed: Callable[[], object] = threads.nobody_waits,
    ) -> None:
        self._function, self._deliver, self._clock = function, deliver, clock
        self._items: queue.Queue[_Item | None] = queue.Queue()
        self._life = 0
        threads.start("usb-hid", self._run, failed)

    def power_up(self, now: float) -> None:  # noqa: ARG002 - the thread has a clock
        """Restart; waiting requests are dropped."""
        self._life += 1
        self._items.put(_Item(self._life, None))

    def receive(self, report: bytes, now: float) -> list[bytes]:  # noqa: ARG002 - see power_up
        """Queue a report."""
        if self._items.qsize() < MOST_REPORTS:
            self._items.put(_Item(self._life, report))
        return []

    def tick(self, now: float) -> list[bytes]:  # noqa: ARG002 - see power_up
        """Do nothing: the thread delivers what time brings."""
        return []

    def current(self, life: int) -> bool:
        """Whether no power-up came since; to be asked with the port's guard held."""
        return life == self._life

    def close(self) -> None:
        """End the thread."""
        self._items.put(None)

    def _run(self) -> None:
        life = 0
        while True:
            try:
                item = self._items.get(timeout=self._patience())
            except queue.Empty:
                self._tell(life, self._ask(self._function.tick))
                continue
            if item is None:
                return
            life = item.life
            if item.report is None:
                self._ask(self._function.power_up)
            elif self.current(life):
                self._tell(life, self._ask(partial(self._function.receive, item.report)))

    def _ask(self, what: Callable[[float], object]) -> list[bytes]:
        """Return the card's reports; none where its code fails, as a mute card at its contacts."""
        try:
            return _as_reports(what(self._clock()))
        except BaseException as error:
            log.error("the card's code failed on its bus: %r", type(error), exc_info=error)
            return []

    def _patience(self) -> float | None:
        """Return how long the thread may wait for the host, in seconds."""
        deadline = self._function.deadline
        return None if deadline is None else max(0.0, deadline - self._clock())

    def _tell(self, life: int, reports: list[bytes]) -> None:
        if reports and self.current(life):
            self._deliver(reports)


def _as_reports(found: object) -> list[bytes]:
    if found is None:
        return []
    if isinstance(found, list) and all(isinstance(one, bytes) for one in found):
        return found
    raise TypeError(f"a HID function returns a list of reports, not {found!r:.60}")
