"""The interface of a chip beside its contacts: a function behind a HID interface on a bus.

Spec: USB HID 1.11, 5.6 (reports); CTAP 2.1, 11.2 (the function of a security key).
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Protocol

from .contact import Busy, asked

Answer = Callable[[], bytes | Busy | None]
"""Works on a command: its response APDU, as `Contact.exchange` gives it."""
Around = Callable[[bytes, Answer], bytes | Busy | None]
"""Stands around each command of a function, given as the APDU that it is on the contacts."""


def unchanged(_command: bytes, answer: Answer) -> bytes | Busy | None:
    """Answer a command without changing anything."""
    return answer()


class HidFunction(Protocol):
    """Exchanges reports with a host; time is an argument, in seconds."""

    def power_up(self, now: float) -> None:
        """Called when the host has configured the device: clear all state."""

    def receive(self, report: bytes, now: float) -> list[bytes]:
        """Take a report of the host; return the reports that answer it."""

    def tick(self, now: float) -> list[bytes]:
        """Return the reports that are due at `now`."""

    @property
    def deadline(self) -> float | None:
        """The time of the next `tick`; None while nothing waits."""


def hid_function_of(contact: object, around: Around = unchanged) -> HidFunction | None:
    """Start the function of a card on a bus, looking through wrappers; None if it has none.

    Call it once, from the device that the card is built into: from then on the bus powers the
    function. `around` is called for each command of the function.
    """
    begin = asked(contact, "hid_function", MethodType)
    function: HidFunction | None = begin(around) if begin else None
    return function
