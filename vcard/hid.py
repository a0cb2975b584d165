"""The function of a card's chip on a bus beside its contacts: behind a HID interface.

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
    """Let a command be answered as it is."""
    return answer()


class HidFunction(Protocol):
    """Takes reports and gives reports; time is an argument, in seconds."""

    def power_up(self, now: float) -> None:
        """Called when the host has configured the device: start afresh."""

    def receive(self, report: bytes, now: float) -> list[bytes]:
        """Take a report of the host; give those that answer it."""

    def tick(self, now: float) -> list[bytes]:
        """Give the reports that time brings."""

    @property
    def deadline(self) -> float | None:
        """The time of the next `tick`; None while nothing waits."""


def hid_function_of(contact: object, around: Around = unchanged) -> HidFunction | None:
    """Let a card begin its work on a bus, whatever is around it; None if it has none there.

    To be asked once, by the device that the card is built into: from then on the bus is what
    powers the function. `around` is called for each command that the function works on.
    """
    begin = asked(contact, "hid_function", MethodType)
    function: HidFunction | None = begin(around) if begin else None
    return function
