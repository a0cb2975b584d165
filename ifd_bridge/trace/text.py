"""Events as lines for people: coloured, with names for what has one, and TLV trees.

14:05:01.123456 Virtual Reader  > SELECT  00 A4 04 00 07 A0 00 00 00 18 FF 01  PIN dump
14:05:01.123611 Virtual Reader  < 9000  90 00  OK, 0.07 ms

What stands in a PIN's place is `**`, unless it was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import click

from ifd_bridge.explain.toolkit_text import NO_KEYS, GivenKeys

from ..system.written_file import WrittenFile
from .events import Event, Tap
from .wording import Layer, Told, tell

LIMIT = 64
"""Bytes shown of long data."""

_COLOURS = {
    Layer.APDU: "cyan",
    Layer.CCID: "magenta",
    Layer.HID: "magenta",
    Layer.IFDH: "blue",
    Layer.READER: "yellow",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of events: by layers, and by a part of the reader's name."""

    layers: frozenset[Layer] = frozenset(Layer)
    reader: str = ""

    def __call__(self, event: Event, told: Told) -> bool:
        """Whether to show the event."""
        return told.layer in self.layers and self.reader.lower() in event.reader.lower()


@dataclass(frozen=True, slots=True)
class Text:
    """Makes lines of events. `limit` in bytes (None: all); `tree` shows what is inside data.

    With `keys` it shows what is in secured packets.
    """

    wanted: Filter = Filter()
    colour: bool = False
    tree: bool = True
    limit: int | None = LIMIT
    keys: GivenKeys = NO_KEYS

    def lines(self, event: Event) -> Iterator[str]:
        """The lines for an event; none if it is not wanted."""
        told = tell(event, self.keys)
        if not self.wanted(event, told):
            return
        moment = time.strftime("%H:%M:%S", time.localtime(event.at))
        slot = event.what.slot
        place = f"{event.reader}/{slot}" if slot else event.reader
        head = self._style(f"{moment}.{event.at % 1 * 1e6:06.0f} {place} ", dim=True)
        name = self._style(told.name, fg=self._tone(told), bold=True)
        texts = [f"{head} {told.mark} {name}", self._bytes(told), self._style(told.note, dim=True)]
        yield "  ".join(text for text in texts if text)
        if self.tree:
            for detail in told.details:
                yield self._style(f"{'':18}| {detail}", dim=True)

    def _bytes(self, told: Told) -> str:
        if self.limit is None or len(told.raw) <= self.limit:
            return told.hex
        return f"{told.hex[: 3 * self.limit - 1]} ... {len(told.raw) - self.limit} more"

    def _tone(self, told: Told) -> str:
        if told.good is False:
            return "red"
        return "green" if told.good and told.layer is Layer.APDU else _COLOURS[told.layer]

    def _style(
        self, text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False
    ) -> str:
        if not self.colour or not text:
            return text
        return click.style(text, fg=fg, bold=bold or None, dim=dim or None)


def text_tap(file: WrittenFile, text: Text) -> Tap:
    """Return a tap that writes an event's lines to `file` at once."""

    def write(event: Event) -> None:
        for line in text.lines(event):
            file.line(line)

    return write
