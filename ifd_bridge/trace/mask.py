"""PINs hidden in events, so that no tap behind this one can show them.

A PIN is hidden where it stands in a command, and wherever its bytes turn up again later (a
test card that gives back what it got).
"""

from __future__ import annotations

from collections import deque
from dataclasses import fields, replace
from typing import Any

from ifd_bridge.ifd import Function
from vcard.secret import HIDDEN, PIN_INS, hide, secret_span

from .events import (
    Called,
    CommandSent,
    Event,
    KeyPressed,
    MessageOut,
    ResponseReceived,
    Tap,
)

XFR_BLOCK = 0x6F
HEADER_SIZE = 10
CHARACTER_LEVEL = b"\x01\x00"
"""wLevelParameter of a T=0 header that goes alone: one procedure byte is wanted."""

REMEMBERED = 16
SHORTEST = 4


class Masker:
    """A tap that hides PINs and passes the events on to `tap`."""

    def __init__(self, tap: Tap) -> None:
        self.tap = tap
        self._secrets: deque[bytes] = deque(maxlen=REMEMBERED)
        self._announced: set[tuple[str, int]] = set()

    def __call__(self, event: Event) -> None:
        """Pass the event on without PINs."""
        self.tap(self.masked(event))

    def masked(self, event: Event) -> Event:
        """The event without PINs."""
        if isinstance(event, KeyPressed):
            return replace(event, key="*") if event.key.isdigit() else event
        if isinstance(event, CommandSent | ResponseReceived):
            event = replace(event, command=self._command(event.command))
        elif isinstance(event, Called) and event.function is Function.TRANSMIT_TO_ICC:
            event = replace(event, data=self._command(event.data))
        elif isinstance(event, MessageOut) and event.message[:1] == bytes((XFR_BLOCK,)):
            event = replace(event, message=self._block(event))
        return self._forget(event)

    def _command(self, raw: bytes) -> bytes:
        return self._hide(raw, secret_span(raw))

    def _hide(self, raw: bytes, span: slice) -> bytes:
        secret = raw[span]
        for known in (secret, secret.rstrip(b"\xff"), secret.rstrip(b"\0")):
            if len(known) >= SHORTEST and known not in self._secrets and set(known) != {HIDDEN}:
                self._secrets.append(known)
        return hide(raw, span)

    def _block(self, event: MessageOut) -> bytes:
        """An XfrBlock: an APDU, a T=1 block with one inside, or the data after a T=0 header."""
        header, data = event.message[:HEADER_SIZE], event.message[HEADER_SIZE:]
        place = (event.reader, event.slot)
        if place in self._announced:
            self._announced.discard(place)
            return header + self._hide(data, slice(0, None))
        if header[8:] == CHARACTER_LEVEL and len(data) == 5 and data[1] in PIN_INS and data[4]:
            self._announced.add(place)
        elif is_t1_block(data) and len(data) > 4:
            information = self._command(data[3 : 3 + data[2]])
            return header + with_lrc(data[:3] + information, data)
        return header + self._command(data)

    def _forget(self, event: Event) -> Event:
        """Hide PINs seen before wherever they are in the event's bytes."""
        if not self._secrets:
            return event
        changes: dict[str, Any] = {}
        for field in fields(event):
            value = getattr(event, field.name)
            if isinstance(value, bytes):
                hidden = self._replace(value)
                if hidden != value:
                    changes[field.name] = hidden
        return replace(event, **changes) if changes else event

    def _replace(self, raw: bytes) -> bytes:
        for secret in self._secrets:
            if secret in raw:
                raw = raw.replace(secret, bytes((HIDDEN,)) * len(secret))
        return raw


def is_t1_block(data: bytes) -> bool:
    """Whether this has the shape of a T=1 block with LRC or CRC, and not that of an APDU."""
    if len(data) < 4 or data[2] == 0xFF or len(data) - 3 - data[2] not in (1, 2):
        return False
    if len(data) - 3 - data[2] == 2:
        return len(data) > 5 and data[4] != len(data) - 5
    lrc = 0
    for byte in data:
        lrc ^= byte
    return lrc == 0


def with_lrc(block: bytes, original: bytes) -> bytes:
    """A changed T=1 block closed again: the LRC is made right, a CRC hidden."""
    rest = len(original) - len(block)
    if rest != 1:
        return block + bytes((HIDDEN,)) * rest
    lrc = 0
    for byte in block:
        lrc ^= byte
    return block + bytes((lrc,))
