"""The keypad and the display of a reader.

Keys are pressed by a person (`press`) or taken from a queue as soon as an entry waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from vcard import SW

from ..ccid.pin_request import DEFAULT_MESSAGES, PinRequest, Prompt
from ..context import Context
from ..events import Displayed, KeyPressed
from .entry import Entry, Key, Result, parse_keys
from .texts import ENGLISH, LOADABLE, PRIMARY, TEXTS, Text

ENDS = {
    Result.CANCELLED: Text.CANCELLED,
    Result.TIMED_OUT: Text.TIMEOUT,
    Result.DIFFERENT: Text.DIFFERENT,
    Result.WRONG_LENGTH: Text.WRONG_LENGTH,
}
"""The text on the display when an entry ends without a PIN."""


class Pinpad:
    """A reader's keypad. `on_change`, if set, is called when display or `waiting` may differ.

    It is called while the reader is held: it must be quick and must not wait for the reader.
    """

    def __init__(self, reader: Context) -> None:
        self._reader = reader
        self._lines, self._columns = reader.model.descriptor.lcd
        self._queue: deque[Key] = deque()
        self._loaded: tuple[str, ...] = ()
        self._shown: tuple[str, str] = ("", "")
        self._texts = TEXTS[ENGLISH]
        self._slot = 0
        self._entry: Entry | None = None
        self._request: PinRequest | None = None
        self._ended: Callable[[], None] = lambda: None
        self.on_change: Callable[[], None] | None = None

    # People

    @property
    def waiting(self) -> bool:
        """True while an entry waits for keys."""
        return self._entry is not None

    @property
    def asking(self) -> tuple[int, int, Prompt, int] | None:
        """The prompt under way (from 1), of how many, which, and how many digits stand there."""
        entry = self._entry
        if entry is None or entry.result is not None:
            return None
        return entry.step + 1, len(entry.prompts), entry.prompt, len(entry.typed)

    @property
    def display(self) -> tuple[str, ...]:
        """The lines of the display from the top; empty if the reader has none."""
        lines = [line[: self._columns] for line in self._shown]
        if self._lines == 1:
            lines = [lines[1] or lines[0]]
        return tuple((lines + [""] * self._lines)[: self._lines])

    def press(self, *keys: str) -> bool:
        """Press keys now: `press("1", "2", OK)`. False if nothing waited for the last one.

        ValueError for what is no key, RuntimeError if the reader has no keypad.
        """
        taken = False
        for key in self._parse(keys):
            taken = self._press(key)
        return taken

    def queue(self, *keys: str) -> None:
        """Queue keys for the next entry: `queue("1234", OK)`.

        An entry takes the keys that it needs and leaves the others for the next one. A
        queued OK is skipped if the reader already accepted the PIN after its last digit.
        """
        typed = self._parse(keys)
        with self._reader.guard:
            self._queue.extend(typed)
            self._type()

    def forget(self) -> None:
        """Discard the queued keys."""
        with self._reader.guard:
            self._queue.clear()

    def _parse(self, keys: tuple[str, ...]) -> tuple[Key, ...]:
        if not self._reader.model.has_pinpad:
            raise RuntimeError("the reader has no keypad")
        return parse_keys(*keys)

    def _press(self, key: Key) -> bool:
        with self._reader.guard:
            entry = self._entry
            self._reader.tell(KeyPressed(self._slot if entry else 0, key.value))
            if entry is None:
                return False
            self._stroke(entry, key)
            return True

    def _type(self) -> None:
        """Type queued keys while an entry waits."""
        while self._queue and (entry := self._entry) is not None:
            key = self._queue.popleft()
            self._reader.tell(KeyPressed(self._slot, key.value))
            self._stroke(entry, key)

    def _stroke(self, entry: Entry, key: Key) -> None:
        entry.press(key, self._reader.now)
        if entry.full_by_itself and self._queue and self._queue[0] is Key.OK:
            self._queue.popleft()
        self._settle(entry)

    # The reader

    def begin(
        self, entry: Entry, request: PinRequest, slot: int, ended: Callable[[], None]
    ) -> None:
        """Start an entry; `ended` is called when it has a result."""
        self._entry, self._request, self._ended = entry, request, ended
        self._slot = slot
        language = request.wLangId or self._reader.model.pinpad.language
        texts = TEXTS.get(language & PRIMARY, TEXTS[ENGLISH])
        self._texts = self._loaded + texts[len(self._loaded) :]
        self._prompt(entry)
        self._type()

    def tick(self) -> None:
        """Advance the clock of the entry under way."""
        if self._entry is not None:
            self._entry.tick(self._reader.now)
            self._settle(self._entry)

    def cancel(self) -> None:
        """Cancel the entry under way, as the host requested."""
        if self._entry is not None:
            self._entry.cancel()
            self._settle(self._entry)

    def drop(self, entry: Entry | None) -> None:
        """Drop an entry whose command has been answered in another way."""
        if entry is not None and self._entry is entry:
            self._entry = None
            self._show("")

    def lose_power(self) -> None:
        """End the entry under way without reporting it, discard loaded texts, clear the display."""
        self._entry = None
        self._loaded = ()
        self._show("")

    def _settle(self, entry: Entry) -> None:
        """Show the progress of the entry, or end it."""
        if entry.result is None:
            self._prompt(entry)
            return
        self._entry = None
        text = ENDS.get(entry.result)
        self._show("" if text is None else self._text(text))
        self._ended()

    def judged(self, status: bytes) -> None:
        """Show the card's verdict on the PIN, given as SW1-SW2."""
        sw = SW(int.from_bytes(status, "big"))
        if sw.ok:
            self._show(self._text(Text.RIGHT))
        elif sw.value >> 4 == 0x63C and sw.value & 15:
            self._show(self._text(Text.WRONG), self._text(Text.TRIES_LEFT) + str(sw.value & 15))
        elif sw.value in (0x63C0, 0x6983):
            self._show(self._text(Text.BLOCKED))
        else:
            self._show(self._text(Text.CARD_ERROR))

    def load(self, texts: tuple[str, ...]) -> None:
        """Replace the first texts with the host's own."""
        self._loaded = texts[:LOADABLE]

    def _prompt(self, entry: Entry) -> None:
        request = self._request
        assert request is not None
        number, shown = int(entry.prompt), ""
        if request.bNumberMessage != DEFAULT_MESSAGES and entry.step < request.bNumberMessage:
            number = request.indexes[entry.step] if entry.step < len(request.indexes) else number
        if request.bNumberMessage:
            shown = self._text(number)
        self._show(shown, "*" * len(entry.typed))

    def _text(self, number: int) -> str:
        """A message by its number; "" for a number that has none."""
        return self._texts[number] if number < len(self._texts) else ""

    def _show(self, first: str, second: str = "") -> None:
        if self._shown != (first, second):
            self._shown = (first, second)
            if self._lines:
                self._reader.tell(Displayed(self._slot, "\n".join(filter(None, self.display))))
        if self.on_change is not None:
            self.on_change()
