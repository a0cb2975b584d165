"""Faults of a reader as text; see vcard.doubles.fault_text for those of a card.

reader,nth=5:silent      the fifth message has no answer; `reader:silent`: none has
reader:error=FE          commands fail with this bError (USB CCID 1.1, 6.2.6); FB if none is named
usb,nth=12:reset         the bus resets the device before its twelfth message
control:error            what SCardControl asks of the reader fails
"""

from __future__ import annotations

from vcard.doubles.fault_text import numbers, occasion, split
from vcard.doubles.trigger import Count

from .ccid.codes import Error
from .faults import CONTROL, Effect, ReaderFault

OCCASIONS = {
    "reader": (None, (Effect.SILENT, Effect.ERROR, Effect.RESET)),
    "usb": (None, (Effect.RESET,)),
    "control": (CONTROL, (Effect.ERROR, Effect.SILENT)),
}
"""The messages that each is about, and what can happen at them."""


def is_reader_fault(text: str) -> bool:
    """True if the text is about a reader."""
    return occasion(text) in OCCASIONS


def parse(text: str) -> ReaderFault:
    """The fault that a text describes; ValueError says what is wrong with it."""
    try:
        return _parse(text)
    except ValueError as error:
        raise ValueError(f"the fault {text!r}: {error}") from error


def _parse(text: str) -> ReaderFault:
    conditions, name, value = split(text)
    about = occasion(text)
    kinds, effects = OCCASIONS[about]
    unknown = [key for key in conditions if key not in {about, "nth", "count"}]
    if unknown or conditions[about]:
        raise ValueError(f"{(unknown or [conditions[about]])[0]!r} is none of nth, count")
    if name not in {effect.value for effect in effects}:
        raise ValueError(f"{name!r} is none of {', '.join(effect.value for effect in effects)}")
    effect = Effect(name)
    if value and effect is not Effect.ERROR:
        raise ValueError(f"{name} takes no value")
    error = int(value, 16) if value else Error.HW_ERROR
    if not 0 <= error <= 0xFF:
        raise ValueError(f"bError is 00..FF, not {value}")
    return ReaderFault(effect, kinds, error, Count(*numbers(conditions)))
