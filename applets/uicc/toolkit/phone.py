"""The user of a phone: sees the card's questions, and answers.

Used beside a program that talks to the card, or in place of one. The one that fetches a command
first has it. Texts are those that a user sees; results are those of ETSI TS 102 223, 8.12.
"""

from __future__ import annotations

from typing import Any

from vcard import SW, Reply, Response
from vcard.tlv import Tlv

from .cat import Cat
from .codes import UNDERSTAND, Device, Kind, Result, Tag
from .commands import Item, ProactiveCommand, read_command
from .envelopes import menu_selection
from .texts import text_string

PROFILE = b"\xff" * 10
"""The terminal profile of a phone that can do everything."""
_SILENT = {Kind.SET_UP_MENU, Kind.SET_UP_EVENT_LIST, Kind.SET_UP_IDLE_MODE_TEXT, Kind.MORE_TIME,
           Kind.POLL_INTERVAL, Kind.POLLING_OFF, Kind.TIMER_MANAGEMENT}  # fmt: skip
"""Commands that a phone does by itself, without a word to its user."""


class Phone:
    """The phone at one port of a card."""

    def __init__(self, cat: Cat, port: int = 0) -> None:
        self._cat, self._port = cat, port
        self.menu: ProactiveCommand | None = None
        """The menu that the card has set up."""
        self._asked: ProactiveCommand | None = None
        self._on = False

    def reset(self) -> None:
        """The card was reset: nothing is asked, and there is no menu."""
        self.menu = self._asked = None
        self._on = False

    def switch_on(self) -> None:
        """Introduce itself to the card, which sets up its menu."""
        self._on = True
        self._cat.announce(self._port)
        self._fetch()

    def _fetch(self) -> None:
        """Take the next command; do those that need nobody."""
        while self._on and self._asked is None:
            self._take()
            command = self._asked
            if command is None:
                return
            if command.kind == Kind.SET_UP_MENU:
                self.menu = command if command.items and command.items[0][1] else None
            if command.kind in _SILENT:
                self.answer()

    def shown(self) -> dict[str, Any]:
        """The view of the user: the menu, and the card's question (None: none).

        It changes nothing if a program is the terminal.
        """
        self._fetch()
        asked = self._asked or self._cat.next_command(self._port)
        return {
            "menu": None if self.menu is None else _menu(self.menu.text, self.menu.items),
            "asks": None
            if asked is None
            else {"command": asked.name, **_menu(asked.text, asked.items)},
        }

    def answer(
        self, text: str | None = None, item: int | None = None, result: int = Result.DONE
    ) -> None:
        """Answer what is asked; RuntimeError if nothing is, or the card does not take it."""
        if self._asked is None:
            self._take()
        command, self._asked = self._asked, None
        if command is None:
            raise RuntimeError("the card asks nothing")
        devices = Tlv(Tag.DEVICES | UNDERSTAND, bytes((Device.TERMINAL, Device.CARD)))
        parts = [devices, Tlv(Tag.RESULT | UNDERSTAND, bytes((result,)))]
        if text is not None:
            parts.append(Tlv(Tag.TEXT | UNDERSTAND, text_string(text)))
        if item is not None:
            parts.append(Tlv(Tag.ITEM_ID | UNDERSTAND, bytes((item,))))
        data = command.details + b"".join(bytes(part) for part in parts)
        _taken(self._cat.respond(self._port, data))
        self._fetch()

    def _take(self) -> None:
        """Take a command that no program has fetched."""
        reply = self._cat.fetch(self._port)
        if isinstance(reply, Response):
            self._asked = read_command(reply.data)

    def choose(self, item: int) -> None:
        """Choose an entry of the menu; RuntimeError if it has no such entry."""
        if self.menu is None or item not in dict(self.menu.items):
            raise RuntimeError(f"the menu has no entry {item}")
        self.tell(menu_selection(item))

    def tell(self, envelope: bytes) -> bytes:
        """Send an envelope; gives what the card answers. RuntimeError if it refuses."""
        answer = _taken(self._cat.envelope(self._port, envelope))
        self._fetch()
        return answer

    def queue(self, command: ProactiveCommand | bytes) -> None:
        """Have the card ask something."""
        self._cat.queue(self._port, command)


def _menu(text: str, items: list[Item]) -> dict[str, Any]:
    return {"text": text, "items": [list(item) for item in items]}


def _taken(reply: Reply) -> bytes:
    """The data of a reply; RuntimeError for an error."""
    if isinstance(reply, SW) and not reply.ok:
        raise RuntimeError(f"the card says {reply}, {reply.name}")
    if isinstance(reply, Response):
        return reply.data
    return reply if isinstance(reply, bytes) else b""
