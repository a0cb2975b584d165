"""The words for an event: one line with names, and the lines below it.

Output is elsewhere: text.py prints the words, the panel sends them to browsers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from applets import catalogue
from ifd_bridge.explain import ccid_text, ctaphid_text, pin_structure, toolkit_text
from ifd_bridge.explain.apdu_text import BY_NAME, SELECT
from ifd_bridge.explain.names import aid_name, command_name
from ifd_bridge.explain.tlv_text import tlv_tree
from ifd_bridge.explain.toolkit_text import NO_KEYS, GivenKeys
from ifd_bridge.ifdh.api import Code
from readers.ccid.codes import CommandStatus, MessageType
from vcard.command import Command
from vcard.secret import HIDDEN, secret_span
from vcard.sw import SW

from . import events
from .call_names import duration, function_name, message_name, number_name
from .events import Event

_STARS = re.compile(rb"\x2a{4,}")
"""The replacement for a PIN in a card's response."""


class Layer(StrEnum):
    """The border that an event belongs to."""

    APDU = "apdu"
    CCID = "ccid"
    IFDH = "ifdh"
    READER = "reader"
    HID = "hid"


class Mark(StrEnum):
    """The direction of an event: to the card, from it, by itself, or none."""

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
        """The bytes; `**` for those that hide a PIN, or look so."""
        span = (
            secret_span(self.raw, catalogue.secrets()) if self.mark is Mark.TO_CARD else slice(0, 0)
        )
        secret = range(len(self.raw))[span]
        hidden = set(secret) if all(self.raw[i] == HIDDEN for i in secret) else set()
        for stars in _STARS.finditer(self.raw):
            hidden.update(range(*stars.span()))
        return " ".join("**" if i in hidden else f"{b:02X}" for i, b in enumerate(self.raw))


Words = Callable[[Any, str], Told]
"""Makes words of what happened, and of how long that took."""


def tell(event: Event, keys: GivenKeys = NO_KEYS) -> Told:
    """The words for an event of any kind; with `keys`, what stands in a secured packet, too."""
    took = "" if event.seconds is None else duration(event.seconds)
    told = _WORDS[type(event.what)](event.what, took)
    if keys and isinstance(event.what, events.CommandSent):
        return replace(told, details=tuple(_packet_words(event.what.command, keys)))
    return told


def _packet_words(raw: bytes, keys: GivenKeys) -> Iterator[str]:
    """Explain an ENVELOPE: the packet's parameters, and its commands in clear."""
    with suppress(ValueError):
        for line in toolkit_text.lines(Command.parse(raw), 0, 0, keys):
            yield f"{'  ' * line.depth}{line.name}: {line.text}"


def _command(what: events.CommandSent, _took: str) -> Told:
    port = "" if what.port is None else f"port {what.port}"
    name, note = command_words(what.command)
    return Told(Layer.APDU, Mark.TO_CARD, name, what.command, _joined(note, port))


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
    elif words := toolkit_text.about_command(command):
        notes.append(words)
    if command.class_byte.channel:
        notes.append(f"channel {command.class_byte.channel}")
    if command.class_byte.chained:
        notes.append("chained")
    return name, ", ".join(notes)


def _joined(*notes: str) -> str:
    return ", ".join(filter(None, notes))


def _response(what: events.ResponseReceived, took: str) -> Told:
    raw = what.response
    if raw is None or len(raw) < 2:
        return Told(Layer.APDU, Mark.FROM_CARD, "mute", raw or b"", took, good=False)
    sw = SW(int.from_bytes(raw[-2:], "big"))
    tree = tuple(f"{'  ' * line.depth}{line.name}: {line.text}" for line in tlv_tree(raw[:-2]))
    note = _joined(toolkit_text.about_data(raw[:-2]), sw.name, took)
    return Told(Layer.APDU, Mark.FROM_CARD, str(sw), raw, note, tree, good=sw.ok)


def _message(mark: Mark) -> Words:
    def words(what: events.MessageOut | events.MessageIn | events.Interrupted, _took: str) -> Told:
        raw = what.message
        name, note, good = _message_words(raw)
        details: tuple[str, ...] = ()
        if raw[:1] == bytes((MessageType.PC_to_RDR_Secure,)):
            fields = pin_structure.secure(raw[10:])
            details = tuple(f"{line.name}: {line.text}" for line in fields)
        return Told(Layer.CCID, mark, name, raw, note, details, good)

    return words


def _report(mark: Mark) -> Words:
    def words(what: events.ReportOut | events.ReportIn, _took: str) -> Told:
        name, note, good = ctaphid_text.report(what.report, to_host=mark is Mark.FROM_CARD)
        return Told(Layer.HID, mark, name, what.report, note, good=good)

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


def _called(what: events.Called, _took: str) -> Told:
    name = f"IFDH{function_name(what.function)}"
    note = number_name(what.function, what.number)
    return Told(Layer.IFDH, Mark.TO_CARD, name, what.data, note)


def _answered(what: events.Answered, took: str) -> Told:
    name, good = f"IFDH{function_name(what.function)}", what.code is Code.SUCCESS
    note = _joined(what.code.name, took)
    return Told(Layer.IFDH, Mark.FROM_CARD, name, what.data, note, good=good)


def _powered_up(what: events.PoweredUp, _took: str) -> Told:
    if what.atr is None:
        return Told(Layer.READER, Mark.NOTE, "power up", note="the card is mute", good=False)
    return Told(Layer.READER, Mark.NOTE, "power up", what.atr, "ATR", good=True)


def _noted(
    name: str, note: Callable[[Any], str] = lambda _: "", *, good: bool | None = None
) -> Words:
    return lambda what, _took: Told(Layer.READER, Mark.NOTE, name, note=note(what), good=good)


_WORDS: Mapping[type[events.ReaderEvent], Words] = {
    events.CommandSent: _command,
    events.ResponseReceived: _response,
    events.MessageOut: _message(Mark.TO_CARD),
    events.MessageIn: _message(Mark.FROM_CARD),
    events.Interrupted: _message(Mark.ALONE),
    events.ReportOut: _report(Mark.TO_CARD),
    events.ReportIn: _report(Mark.FROM_CARD),
    events.Called: _called,
    events.Answered: _answered,
    events.PoweredUp: _powered_up,
    events.PoweredDown: _noted("power down"),
    events.CardInserted: _noted("card inserted"),
    events.CardEjected: _noted("card ejected"),
    events.KeyPressed: _noted("key", lambda what: str(what.key)),
    events.Displayed: _noted("display", lambda what: " / ".join(what.text.split("\n")) or "-"),
    events.FaultStruck: _noted("fault", lambda what: str(what.text), good=False),
    events.TouchAsked: _noted("touch", lambda what: "wanted" if what.wanted else "settled"),
    events.Plugged: _noted("plugged in"),
    events.Unplugged: _noted("unplugged"),
    events.HostChanged: _noted(
        "USB host", lambda what: f"{what.state} by {what.by}" if what.by else what.state
    ),
    events.Lost: _noted("lost", lambda what: f"{what.count} events came too fast", good=False),
}
"""The words for every kind of happening."""
