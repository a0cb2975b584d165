"""The user of a phone, who sees the card's questions and answers them.

Used beside a program that talks to the card, or instead of one. Whichever fetches a command first
answers it. Texts are those that a user sees; results are those of ETSI TS 102 223, 8.12.
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
"""Commands that a phone executes without its user."""


class Phone:
    """The phone at one port of a card."""

    def __init__(self, cat: Cat, port: int = 0) -> None:
        self._cat, self._port = cat, port
        self.menu: ProactiveCommand | None = None
        """The menu that the card has set up."""
        self._asked: ProactiveCommand | None = None
        self._on = False

    def reset(self) -> None:
        """Called after a reset of the card: clear the question and the menu."""
        self.menu = self._asked = None
        self._on = False

    def switch_on(self) -> None:
        """Send TERMINAL PROFILE to the card, which then sets up its menu."""
        self._on = True
        self._cat.announce(self._port)
        self._fetch()

    def _fetch(self) -> None:
        """Fetch the next command; execute those that need no user."""
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
        """Return what the user sees: the menu, and the card's question (None: none).

        It fetches nothing if a program is the terminal.
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
        """Answer the card's question; RuntimeError if there is none, or the card refuses."""
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
        """Fetch a command that no program has fetched."""
        reply = self._cat.fetch(self._port)
        if isinstance(reply, Response):
            self._asked = read_command(reply.data)

    def choose(self, item: int) -> None:
        """Choose an entry of the menu; RuntimeError if it has no such entry."""
        if self.menu is None or item not in dict(self.menu.items):
            raise RuntimeError(f"the menu has no entry {item}")
        self.tell(menu_selection(item))

    def tell(self, envelope: bytes) -> bytes:
        """Send an envelope; return the card's response data. RuntimeError if it refuses."""
        answer = _taken(self._cat.envelope(self._port, envelope))
        self._fetch()
        return answer

    def queue(self, command: ProactiveCommand | bytes) -> None:
        """Queue a proactive command on the card."""
        self._cat.queue(self._port, command)


def _menu(text: str, items: list[Item]) -> dict[str, Any]:
    return {"text": text, "items": [list(item) for item in items]}


def _taken(reply: Reply) -> bytes:
    """Return the data of a reply; RuntimeError for an error."""
    if isinstance(reply, SW) and not reply.ok:
        raise RuntimeError(f"the card answered {reply}, {reply.name}")
    if isinstance(reply, Response):
        return reply.data
    return reply if isinstance(reply, bytes) else b""
