"""Hides PINs in events before any tap sees them.

A PIN is hidden where it stands in a command, in a block, in pieces of either or after a T=0 header,
and wherever its bytes turn up again later, since a test card may return what it got. That memory
begins when somebody starts to watch: an earlier PIN in a card's answer is the card's own word.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar, get_type_hints

from applets import catalogue
from ifd_bridge.ifdh.api import Function
from readers.ccid.codes import HEADER_SIZE, MessageType
from vcard.atr.values import Edc
from vcard.secret import HIDDEN, PIN_INS, SecretCommand, hide, secret_span
from vcard.transmission.t1_block import edc_of, epilogue

from .events import (
    KINDS,
    Answered,
    Called,
    CommandSent,
    Event,
    KeyPressed,
    MessageIn,
    MessageOut,
    ReaderEvent,
    ReportOut,
    ResponseReceived,
)
from .mask_reports import VendorMessages

XFR_BLOCK = bytes((MessageType.PC_to_RDR_XfrBlock,))
LEVEL = HEADER_SIZE - 2
BEGINS, CONTINUES = b"\x01\x00", b"\x03\x00"
"""wLevelParameter of a command's first piece (or of a T=0 header that goes alone: one procedure
byte is wanted), and of one in its middle."""
SUPERVISES, MORE = 0x80, 0x20
"""Bits of a T=1 block's PCB: this is no I-block; another one follows."""

REMEMBERED = 32
SHORTEST, SURE = 2, 4
"""Bytes of the shortest secret that is remembered, and of one that is hidden wherever it stands."""
PADDING = frozenset({0, 0xFF, HIDDEN})

Cards = Mapping[str, Callable[[], frozenset[SecretCommand]]]
Place = tuple[str, int]
"""A reader's name and the number of a slot."""

W = TypeVar("W", bound=ReaderEvent)
T = TypeVar("T", CommandSent, ResponseReceived)

_BYTES: dict[type[ReaderEvent], tuple[str, ...]] = {
    kind: tuple(
        field.name
        for field in fields(kind)
        if get_type_hints(kind)[field.name] in (bytes, bytes | None)
    )
    for kind in KINDS.values()
}
"""The fields of each kind of happening that hold bytes."""

_GIVEN: dict[tuple[type[ReaderEvent], str], slice] = {
    (ResponseReceived, "response"): slice(0, -2),
    (Answered, "data"): slice(0, -2),
    (MessageIn, "message"): slice(HEADER_SIZE, -2),
}
"""The part of an event's bytes that is data from a card."""


class Masker:
    """Hides PINs in events; one for each world, since it remembers those that it has seen.

    `cards` has, by the name of a reader, what tells the secret commands of its cards; it is asked
    anew for each command, as cards come and go.
    """

    def __init__(self, cards: Cards | None = None) -> None:
        self._cards: Cards = {} if cards is None else cards
        self._seen: deque[bytes] = deque(maxlen=REMEMBERED)
        self._secrets: list[bytes] = []
        """The same, the longest first, since one may hold another."""
        self._announced: set[Place] = set()
        self._vendors = VendorMessages()
        self._hiders: dict[type[ReaderEvent], Callable[[str, Any], ReaderEvent]] = {
            KeyPressed: self._key,
            CommandSent: self._command,
            ResponseReceived: self._command,
            Called: self._called,
            MessageOut: self._message,
            ReportOut: self._report,
        }

    def _known(self, reader: str) -> frozenset[SecretCommand]:
        own = self._cards.get(reader)
        return catalogue.secrets() | own() if own is not None else catalogue.secrets()

    def __call__(self, event: Event) -> Event:
        """The event without PINs: itself, if there are none."""
        what = event.what
        hider = self._hiders.get(type(what))
        if hider is not None:
            what = hider(event.reader, what)
        if self._secrets:
            what = self._forget(what)
        return event if what is event.what else replace(event, what=what)

    @staticmethod
    def _key(_reader: str, what: KeyPressed) -> KeyPressed:
        return replace(what, key="*") if what.key.isdigit() else what

    def _command(self, reader: str, what: T) -> T:
        return self._changed(what, "command", self._apdu(reader, what.command))

    def _called(self, reader: str, what: Called) -> Called:
        if what.function is not Function.TRANSMIT_TO_ICC:
            return what
        return self._changed(what, "data", self._apdu(reader, what.data))

    def _message(self, reader: str, what: MessageOut) -> MessageOut:
        if what.message[:1] != XFR_BLOCK:
            return what
        return self._changed(what, "message", self._block((reader, what.slot), what.message))

    def _report(self, reader: str, what: ReportOut) -> ReportOut:
        span = self._vendors.secret(reader, what.report)
        secret = what.report[span].strip(b"\0")
        return self._changed(what, "report", self._hide(what.report, span)) if secret else what

    @staticmethod
    def _changed(what: W, name: str, value: bytes) -> W:
        if value == getattr(what, name):
            return what
        changed = copy(what)
        setattr(changed, name, value)
        return changed

    def _apdu(self, reader: str, raw: bytes) -> bytes:
        span = secret_span(raw, self._known(reader))
        return raw if span.start == len(raw) else self._hide(raw, span)

    def _hide(self, raw: bytes, span: slice) -> bytes:
        for secret in pins_in(raw[span], self._secrets):
            if secret not in self._seen and not set(secret) <= PADDING:
                self._seen.append(secret)
        self._secrets = sorted(self._seen, key=len, reverse=True)
        return hide(raw, span)

    def _block(self, place: Place, message: bytes) -> bytes:
        """An XfrBlock: the first of _FORMS that its data have says where a PIN may stand."""
        header, data = message[:HEADER_SIZE], message[HEADER_SIZE:]
        if self._harmless(place, data):
            return message
        hide_in = next(hide_in for has_form, hide_in in _FORMS if has_form(self, place, data))
        hidden = hide_in(self, place, header[LEVEL:], data)
        return message if hidden is data else header + hidden

    def _harmless(self, place: Place, data: bytes) -> bool:
        """Check quickly that no command with a PIN begins or continues here, in a block or not."""
        looked_at = (data[1:2], data[4:5])
        return not self._goes_on(place) and suspects(self._known(place[0])).isdisjoint(looked_at)

    def _goes_on(self, place: Place, _data: bytes = b"") -> bool:
        return place in self._announced

    def _piece(self, place: Place, level: bytes, data: bytes) -> bytes:
        """Hide all of it: what came before has said that a PIN follows."""
        if level != CONTINUES:
            self._announced.discard(place)
        return self._hide(data, slice(0, None))

    def _beginning(self, place: Place, level: bytes, data: bytes) -> bytes:
        """A whole APDU, its first piece, or a T=0 header; else a T=1 block spoilt on its way."""
        if level == BEGINS and announces(data):
            self._announced.add(place)
        hidden = self._apdu(place[0], data)
        if hidden is data and code_of(data) is not None:
            return self._t1_block(place, level, data)
        return hidden

    def _t1_block(self, place: Place, _level: bytes, block: bytes) -> bytes:
        """A T=1 block: what it carries is an APDU, or a piece of one."""
        information = block[3 : 3 + block[2]]
        if not information or block[1] & SUPERVISES:
            return block
        if place in self._announced:
            hidden = self._hide(information, slice(0, None))
        else:
            hidden = self._apdu(place[0], information)
        begins = place in self._announced or announces(information)
        change = self._announced.add if begins and block[1] & MORE else self._announced.discard
        change(place)
        code, changed = code_of(block), block[:3] + hidden
        return block if code is None or hidden is information else changed + edc_of(changed, code)

    def _forget(self, what: ReaderEvent) -> ReaderEvent:
        """Hide PINs seen before wherever they are in the event's bytes.

        Short ones are hidden in what a card gives back alone: headers and status words are like
        them too often.
        """
        for name in _BYTES[type(what)]:
            value = getattr(what, name)
            if value is not None:
                what = self._changed(
                    what, name, self._replace(value, _GIVEN.get((type(what), name)))
                )
        return what

    def _replace(self, raw: bytes, given: slice | None) -> bytes:
        for secret in self._secrets:
            stars = bytes((HIDDEN,)) * len(secret)
            if len(secret) >= SURE:
                raw = raw.replace(secret, stars)
            elif given is not None:
                start, end, _ = given.indices(len(raw))
                raw = raw[:start] + raw[start:end].replace(secret, stars) + raw[end:]
        return raw


_FORMS: tuple[
    tuple[
        Callable[[Masker, Place, bytes], bool],
        Callable[[Masker, Place, bytes, bytes], bytes],
    ],
    ...,
] = (
    (lambda _masker, _place, data: is_t1_block(data), Masker._t1_block),  # T=1
    (Masker._goes_on, Masker._piece),  # T=0 after a header, or an APDU in pieces
    (lambda _masker, _place, _data: True, Masker._beginning),  # an APDU, or how it begins
)
"""The forms in which commands travel to a card, by protocol, and how a PIN is hidden in each."""


@cache
def suspects(secrets: frozenset[SecretCommand]) -> frozenset[bytes]:
    """INS of commands with secrets, as it stands in an APDU (at 1) or in a T=1 block (at 4)."""
    keys = {secret.ins for secret in secrets}
    return frozenset(bytes((ins,)) for ins in PIN_INS | keys)


def pins_in(secret: bytes, known: list[bytes]) -> Iterator[bytes]:
    """The parts of a secret that may come back: all, each half (a PIN and the next), the new one.

    All of it may be short; a part that is short says nothing.
    """
    yield from _unpadded(secret, SHORTEST)
    middle = len(secret) // 2
    parts = [secret[:middle], secret[middle:]] if len(secret) % 2 == 0 else []
    parts += [part for pin in known if pin in secret for part in secret.split(pin)]
    for part in parts:
        yield from _unpadded(part, SURE)


def _unpadded(part: bytes, least: int) -> Iterator[bytes]:
    for form in (part, part.rstrip(b"\xff"), part.rstrip(b"\0")):
        if len(form) >= least:
            yield form


def announces(data: bytes) -> bool:
    """Whether the beginning of a command says that a PIN follows in the next piece."""
    return len(data) > 4 and data[1] in PIN_INS and (len(data) > 5 or data[4] != 0)


def code_of(block: bytes) -> Edc | None:
    """The error detection code of a T=1 block, by its length; None if it is no block."""
    if len(block) < 4 or block[2] == 0xFF:
        return None
    return {1: Edc.LRC, 2: Edc.CRC}.get(len(block) - 3 - block[2])


def is_t1_block(data: bytes) -> bool:
    """Whether this is a T=1 block with a right LRC or CRC."""
    code = code_of(data)
    end = len(data) - epilogue(code) if code is not None else 0
    return code is not None and edc_of(data[:end], code) == data[end:]
