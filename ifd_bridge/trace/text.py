"""Events as lines of text for people: names, times, bytes.

    14:05:01.123456 Virtual Reader  call    TransmitToICC T=1: 00 A4 04 00 02 3F 00
    14:05:01.123611 Virtual Reader    card >  SELECT 00 A4 04 00 02 3F 00
    14:05:01.123684 Virtual Reader    card <  90 00 OK (0.07 ms)
    14:05:01.123800 Virtual Reader  answer  SUCCESS: 90 00 (0.68 ms)

What stands in a PIN's place is `**`, unless it was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import singledispatchmethod
from typing import TextIO

from ifd_bridge.explain.names import command_name
from ifd_bridge.ifd import Function
from vcard import SW
from vcard.secret import HIDDEN, secret_span

from .events import (
    Answered,
    Called,
    CardEjected,
    CardInserted,
    CommandSent,
    Displayed,
    Event,
    FaultStruck,
    Interrupted,
    KeyPressed,
    MessageIn,
    MessageOut,
    PoweredDown,
    PoweredUp,
    ResponseReceived,
    Tap,
)
from .mask import Masker
from .words import duration, function_name, message_name, number_name

LIMIT = 64
"""So many bytes of a long message are shown at its beginning; the rest is counted."""


class Text:
    """Turns events into lines; `limit` (bytes; None: all) cuts long data."""

    def __init__(self, *, limit: int | None = LIMIT) -> None:
        self.limit = limit

    def line(self, event: Event) -> str:
        """One event as one line, without a newline."""
        moment = time.strftime("%H:%M:%S", time.localtime(event.at))
        place = f"{event.reader}/{event.slot}" if event.slot else event.reader
        return f"{moment}.{event.at % 1 * 1e6:06.0f} {place}  {self.words(event)}"

    def words(self, event: Event) -> str:
        """What happened, without time and place."""
        return self._words(event)

    def _bytes(self, raw: bytes) -> str:
        more = 0 if self.limit is None else max(0, len(raw) - self.limit)
        shown = raw[: self.limit].hex(" ").upper()
        return f"{shown} ... {more} more" if more else shown

    def _command(self, raw: bytes) -> str:
        """A command; what a Masker has hidden is `**`."""
        span = secret_span(raw)
        text = self._bytes(raw)
        if set(raw[span]) == {HIDDEN}:
            start, end = (3 * place for place in span.indices(len(raw))[:2])
            text = text[:start] + text[start:end].replace(f"{HIDDEN:02X}", "**") + text[end:]
        return text

    @singledispatchmethod
    def _words(self, event: Event) -> str:
        return type(event).__name__

    @_words.register
    def _(self, event: Called) -> str:
        show = self._command if event.function is Function.TRANSMIT_TO_ICC else self._bytes
        data = f": {show(event.data)}" if event.data else ""
        number = number_name(event.function, event.number)
        return f"call    {function_name(event.function)} {number}{data}"

    @_words.register
    def _(self, event: Answered) -> str:
        data = f": {self._bytes(event.data)}" if event.data else ""
        return f"answer  {event.code.name}{data} ({duration(event.seconds)})"

    @_words.register
    def _(self, event: MessageOut) -> str:
        return f"  ccid >  {message_name(event.message)} {self._bytes(event.message)}"

    @_words.register
    def _(self, event: MessageIn) -> str:
        return f"  ccid <  {message_name(event.message)} {self._bytes(event.message)}"

    @_words.register
    def _(self, event: Interrupted) -> str:
        return f"  ccid !  {message_name(event.message)} {self._bytes(event.message)}"

    @_words.register
    def _(self, event: PoweredUp) -> str:
        atr = "no ATR, the card is mute" if event.atr is None else self._bytes(event.atr)
        return f"    card ^  power up: {atr}"

    @_words.register
    def _(self, _event: PoweredDown) -> str:
        return "    card v  power down"

    @_words.register
    def _(self, event: CommandSent) -> str:
        raw = event.command
        name = command_name(raw[0], raw[1]) if len(raw) > 1 else "command"
        port = "" if event.port is None else f" port {event.port}"
        return f"    card >{port}  {name} {self._command(raw)}"

    @_words.register
    def _(self, event: ResponseReceived) -> str:
        raw, took = event.response, duration(event.seconds)
        if raw is None or len(raw) < 2:
            return f"    card <  mute ({took})"
        return f"    card <  {self._bytes(raw)} {SW(int.from_bytes(raw[-2:], 'big')).name} ({took})"

    @_words.register
    def _(self, _event: CardInserted) -> str:
        return "card inserted"

    @_words.register
    def _(self, _event: CardEjected) -> str:
        return "card ejected"

    @_words.register
    def _(self, event: FaultStruck) -> str:
        return f"fault   {event.text}"

    @_words.register
    def _(self, event: KeyPressed) -> str:
        return f"key {event.key}"

    @_words.register
    def _(self, event: Displayed) -> str:
        return f"display {event.text!r}"


class TextTap:
    """A tap that writes lines to an open text file (a terminal, say), each at once."""

    def __init__(self, file: TextIO, text: Text | None = None) -> None:
        self._write: Callable[[str], object] = file.write
        self._flush = file.flush
        self._text = text or Text()

    def __call__(self, event: Event) -> None:
        """Write one line."""
        self._write(self._text.line(event) + "\n")
        self._flush()


def text_tap(file: TextIO, *, pins: bool = False, limit: int | None = LIMIT) -> Tap:
    """What writes a line for each event to `file`; `pins` shows what is a secret."""
    tap = TextTap(file, Text(limit=limit))
    return tap if pins else Masker(tap)
