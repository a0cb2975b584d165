"""A card that is reached by its contacts and by a bus at once, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from vcard import Busy, Contact
from vcard.hid import Around, HidFunction, hid_function_of, unchanged

Answer = bytes | Busy | None


class OneAtATime:
    """A card that does one thing at a time: it is a Contact, and gives its function on a bus.

    Nothing else has the lock, and the card waits for nobody while it works: so nothing waits
    for it longer than one step of its work takes.
    """

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        self._lock = threading.RLock()

    def power_up(self) -> bytes | None:
        """Reset the card."""
        with self._lock:
            return self.contact.power_up()

    def power_down(self) -> None:
        """Take the supply of the contacts away."""
        with self._lock:
            self.contact.power_down()

    def exchange(self, command: bytes, port: int | None = None) -> Answer:
        """Send a command; the card is free while its answer takes time."""
        return self._do(lambda: self.contact.exchange(command, port))

    def _do(self, step: Callable[[], Answer]) -> Answer:
        with self._lock:
            answer = step()
        if isinstance(answer, Busy):
            finish = answer.finish
            return Busy(answer.seconds, lambda: self._do(finish))
        return answer

    def hid_function(self, around: Around = unchanged) -> HidFunction | None:
        """Begin the card's work on a bus."""
        with self._lock:
            found = hid_function_of(self.contact, around)
        return None if found is None else _Function(found, self._lock)


class _Function:
    """The card's function on a bus, under the card's lock."""

    def __init__(self, function: HidFunction, lock: threading.RLock) -> None:
        self._function, self._lock = function, lock

    def power_up(self, now: float) -> None:
        with self._lock:
            self._function.power_up(now)

    def receive(self, report: bytes, now: float) -> list[bytes]:
        with self._lock:
            return self._function.receive(report, now)

    def tick(self, now: float) -> list[bytes]:
        with self._lock:
            return self._function.tick(now)

    @property
    def deadline(self) -> float | None:
        with self._lock:
            return self._function.deadline
