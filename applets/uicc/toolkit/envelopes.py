"""Envelopes: unsolicited messages from the terminal to the card.

Spec: ETSI TS 102 223, 7 (ENVELOPE commands).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vcard.tlv import Tlv, parse_all, tlv

from .codes import (
    CALL_CONTROL,
    ENVELOPES,
    EVENT_DOWNLOAD,
    MENU_SELECTION,
    TIMER_EXPIRATION,
    UNDERSTAND,
    Device,
    Event,
    Tag,
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope: its tag, and its data objects by tag (the first of each)."""

    tag: int
    parts: dict[int, bytes]

    @classmethod
    def read(cls, item: Tlv) -> Envelope:
        """Parse an envelope; ValueError if it is malformed."""
        parts: dict[int, bytes] = {}
        for part in parse_all(item.value):
            parts.setdefault(part.tag & ~UNDERSTAND, part.value)
        return cls(item.tag, parts)

    @property
    def name(self) -> str:
        """Describe the envelope for people."""
        return ENVELOPES.get(self.tag, f"envelope {self.tag:02X}")

    @property
    def item(self) -> int | None:
        """The chosen entry of a menu."""
        value = self.parts.get(Tag.ITEM_ID, b"")
        return value[0] if self.tag == MENU_SELECTION and value else None

    @property
    def event(self) -> int | None:
        """The event that happened."""
        value = self.parts.get(Tag.EVENTS, b"")
        return value[0] if self.tag == EVENT_DOWNLOAD and value else None

    @property
    def timer(self) -> int | None:
        """The timer that expired."""
        value = self.parts.get(Tag.TIMER_ID, b"")
        return value[0] if self.tag == TIMER_EXPIRATION and value else None


def _made(tag: int, source: Device, *parts: Tlv) -> bytes:
    devices = Tlv(Tag.DEVICES | UNDERSTAND, bytes((source, Device.CARD)))
    return tlv(tag, devices, *parts)


def _object(tag: Tag, *values: int) -> Tlv:
    return Tlv(tag | UNDERSTAND, bytes(values))


def menu_selection(item: int, *, wants_help: bool = False) -> bytes:
    """Encode the data of ENVELOPE after the user chose an entry of the menu."""
    more = [Tlv(Tag.HELP)] if wants_help else []
    return _made(MENU_SELECTION, Device.KEYPAD, _object(Tag.ITEM_ID, item), *more)


def event(happened: Event, *more: Tlv) -> bytes:
    """Encode the data of ENVELOPE after an event."""
    return _made(EVENT_DOWNLOAD, Device.TERMINAL, _object(Tag.EVENTS, happened), *more)


def timer_expiration(timer: int, value: Iterable[int] = (0, 0, 0)) -> bytes:
    """Encode the data of ENVELOPE after a timer expired."""
    clock = _object(Tag.TIMER_VALUE, *value)
    return _made(TIMER_EXPIRATION, Device.TERMINAL, _object(Tag.TIMER_ID, timer), clock)


def call_control(address: bytes) -> bytes:
    """Encode the data of ENVELOPE before the phone calls a number (type and digits, coded)."""
    return _made(CALL_CONTROL, Device.TERMINAL, Tlv(Tag.ADDRESS | UNDERSTAND, address))
