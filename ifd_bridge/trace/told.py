"""What an event says to people: one line with names, and what may stand below it.

Nothing here knows where the words go: text.py prints them, the panel sends them to browsers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ifd_bridge.explain import ccid_text, pin_structure
from ifd_bridge.explain.apdu_text import BY_NAME, SELECT
from ifd_bridge.explain.names import aid_name, command_name
from ifd_bridge.explain.tlv_text import tlv_tree
from ifd_bridge.ifd import Code
from readers.message import CommandStatus, MessageType
from vcard.command import Command
from vcard.secret import HIDDEN, secret_span
from vcard.sw import SW

from . import events
from .events import Event
from .words import duration, function_name, message_name, number_name


class Layer(StrEnum):
    """Which border an event belongs to."""

    APDU = "apdu"
    CCID = "ccid"
    IFDH = "ifdh"
    READER = "reader"


class Mark(StrEnum):
    """Which way it went: to the card, from it, by itself, or nowhere."""

    TO_CARD = ">"
    FROM_CARD = "<"
    ALONE = "!"
    NOTE = "="


@dataclass(frozen=True, slots=True)
class Told:
    """The words for one event.

    `name` is what it is called, `raw` its bytes, `note` what they mean, `details` the lines below
    (a TLV tree, the fields of a PIN entry). `good` is False for what failed, None where
    nothing can fail.
    """

    layer: Layer
    mark: Mark
    name: str
    raw: bytes = b""
    note: str = ""
    details: tuple[str, ...] = ()
    good: bool | None = None

    @property
    def hex(self) -> str:
        """The bytes; `**` for those that hide a PIN."""
        span = secret_span(self.raw) if self.mark is Mark.TO_CARD else slice(0, 0)
        secret = range(len(self.raw))[span]
        hidden = set(secret) if all(self.raw[i] == HIDDEN for i in secret) else set()
        return " ".join("**" if i in hidden else f"{b:02X}" for i, b in enumerate(self.raw))


def tell(event: Event) -> Told:
    """The words for an event of any kind."""
    words = _WORDS.get(type(event))
    if words is None:
        return Told(Layer.READER, Mark.NOTE, type(event).__name__)
    return words(event)


def _command(event: events.CommandSent) -> Told:
    port = "" if event.port is None else f"port {event.port}"
    name, note = command_words(event.command)
    texts = [text for text in (note, port) if text]
    return Told(Layer.APDU, Mark.TO_CARD, name, event.command, ", ".join(texts))


def command_words(raw: bytes) -> tuple[str, str]:
    """The name of a command, and what can be said of it: an AID, a channel, what is wrong."""
    if len(raw) < 2:
        return "command", "too short"
    name = command_name(raw[0], raw[1])
    try:
        command = Command.parse(raw)
    except ValueError as error:
        return name, str(error)
    notes = []
    if command.ins == SELECT and command.p1 == BY_NAME:
        notes.append(aid_name(command.data) or "unknown AID")
    elif command.ins == SELECT and 0 < len(command.data) <= 8:
        notes.append(f"file {command.data.hex().upper()}")
    if command.class_byte.channel:
        notes.append(f"channel {command.class_byte.channel}")
    if command.class_byte.chained:
        notes.append("chained")
    return name, ", ".join(notes)


def _response(event: events.ResponseReceived) -> Told:
    raw, time = event.response, duration(event.seconds)
    if raw is None or len(raw) < 2:
        return Told(Layer.APDU, Mark.FROM_CARD, "mute", raw or b"", time, good=False)
    sw = SW(int.from_bytes(raw[-2:], "big"))
    tree = tuple(f"{'  ' * line.depth}{line.name}: {line.text}" for line in tlv_tree(raw[:-2]))
    return Told(Layer.APDU, Mark.FROM_CARD, str(sw), raw, f"{sw.name}, {time}", tree, good=sw.ok)


def _message(mark: Mark) -> Callable[[Any], Told]:
    def words(event: events.MessageOut | events.MessageIn | events.Interrupted) -> Told:
        raw = event.message
        name, note, good = _message_words(raw)
        details: tuple[str, ...] = ()
        if raw[:1] == bytes((MessageType.PC_to_RDR_Secure,)):
            fields = pin_structure.secure(raw[10:])
            details = tuple(f"{line.name}: {line.text}" for line in fields)
        return Told(Layer.CCID, mark, name, raw, note, details, good)

    return words


def _message_words(raw: bytes) -> tuple[str, str, bool | None]:
    if not raw:
        return "nothing", "a packet without data", False
    name = message_name(raw)
    if raw[0] in (MessageType.RDR_to_PC_NotifySlotChange, MessageType.RDR_to_PC_HardwareError):
        lines = [f"{line.name}: {line.text}" for line in ccid_text.interrupt(raw)][1:]
        return name, "; ".join(lines), None
    if raw[0] < MessageType.RDR_to_PC_DataBlock or len(raw) < 10:
        return name, "" if len(raw) >= 10 else "too short", None if len(raw) >= 10 else False
    if raw[7] >> 6 == CommandStatus.FAILED:
        return name, ccid_text.error_name(raw[8]), False
    if raw[7] >> 6 == CommandStatus.TIME_EXTENSION:
        return name, f"wait {raw[8]} times longer", None
    return name, "", True


def _called(event: events.Called) -> Told:
    name = f"IFDH{function_name(event.function)}"
    return Told(
        Layer.IFDH, Mark.TO_CARD, name, event.data, number_name(event.function, event.number)
    )


def _answered(event: events.Answered) -> Told:
    name = f"IFDH{function_name(event.function)}"
    note = f"{event.code.name}, {duration(event.seconds)}"
    good = event.code is Code.SUCCESS
    return Told(Layer.IFDH, Mark.FROM_CARD, name, event.data, note, good=good)


def _powered_up(event: events.PoweredUp) -> Told:
    if event.atr is None:
        return Told(Layer.READER, Mark.NOTE, "power up", note="the card is mute", good=False)
    return Told(Layer.READER, Mark.NOTE, "power up", event.atr, "ATR", good=True)


def _plain(name: str) -> Callable[[Any], Told]:
    return lambda _event: Told(Layer.READER, Mark.NOTE, name)


def _key(event: events.KeyPressed) -> Told:
    return Told(Layer.READER, Mark.NOTE, "key", note=event.key)


def _display(event: events.Displayed) -> Told:
    return Told(Layer.READER, Mark.NOTE, "display", note=" / ".join(event.text.split("\n")) or "-")


_WORDS: Mapping[type[Event], Callable[[Any], Told]] = {
    events.CommandSent: _command,
    events.ResponseReceived: _response,
    events.MessageOut: _message(Mark.TO_CARD),
    events.MessageIn: _message(Mark.FROM_CARD),
    events.Interrupted: _message(Mark.ALONE),
    events.Called: _called,
    events.Answered: _answered,
    events.PoweredUp: _powered_up,
    events.PoweredDown: _plain("power down"),
    events.CardInserted: _plain("card inserted"),
    events.CardEjected: _plain("card ejected"),
    events.KeyPressed: _key,
    events.Displayed: _display,
}
