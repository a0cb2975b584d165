"""Command and response APDUs explained.

Spec: ISO/IEC 7816-4, 5.1 to 5.6.
"""

from __future__ import annotations

from collections.abc import Iterator

from vcard.atr.historical import printable
from vcard.command import Command
from vcard.explanation import Line
from vcard.sw import SW

from . import toolkit_text
from .names import aid_name, command_name
from .tlv_text import tlv_tree
from .toolkit_text import NO_KEYS, GivenKeys

HEADER = 4
SELECT, BY_NAME = 0xA4, 0x04


def apdu(raw: bytes, keys: GivenKeys = NO_KEYS) -> Iterator[Line]:
    """A command APDU; `keys` are for the packet in it, if it carries one."""
    command = Command.parse(raw)
    name = command_name(command.cla, command.ins)
    yield Line(0, raw, "command", f"{name}, case {command.case}{_form(command)}")
    yield from _header(command)
    at = 4
    if command.data:
        size = 3 if command.extended else 1
        yield Line(at, raw[at : at + size], "Lc", f"{len(command.data)} bytes", 1)
        at += size
        yield Line(at, command.data, "data", _about_data(command), 1)
        if not (command.ins == SELECT and command.p1 == BY_NAME):
            yield from toolkit_text.lines(command, at, 2, keys)
            yield from tlv_tree(command.data, at, 2)
        at += len(command.data)
    if command.le is not None:
        yield Line(at, raw[at:], "Le", f"up to {command.le} bytes", 1)


def _form(command: Command) -> str:
    return ", extended" if command.extended else ""


def _header(command: Command) -> Iterator[Line]:
    known = command.class_byte
    traits = [f"channel {known.channel}"]
    traits += ["chained"] if known.chained else []
    traits += ["secure messaging"] if known.secure else []
    if not known.valid:
        traits = ["invalid"]
    base = "interindustry" if known.base == 0 else f"proprietary {known.base:02X}"
    name = command_name(command.cla, command.ins)
    yield Line(0, bytes((command.cla,)), "CLA", f"{base}, {', '.join(traits)}", 1)
    yield Line(1, bytes((command.ins,)), "INS", name, 1)
    yield Line(2, bytes((command.p1, command.p2)), "P1-P2", f"{command.p1p2:04X}", 1)


def _about_data(command: Command) -> str:
    if command.ins == SELECT and command.p1 == BY_NAME:
        return aid_name(command.data) or "unknown AID"
    if words := toolkit_text.about_command(command):
        return words
    return printable(command.data) if len(command.data) <= 64 else f"{len(command.data)} bytes"


def response(raw: bytes, offset: int = 0, depth: int = 0) -> Iterator[Line]:
    """A response APDU; nothing can be said of fewer than 2 bytes."""
    if len(raw) < 2:
        raise ValueError(f"offset {len(raw)}: a response has at least 2 bytes (SW1-SW2)")
    sw = SW(int.from_bytes(raw[-2:], "big"))
    if len(raw) > 2:
        yield Line(offset, raw[:-2], "data", printable(raw[:-2]), depth)
        yield from toolkit_text.proactive_lines(raw[:-2], offset, depth + 1)
        yield from tlv_tree(raw[:-2], offset, depth + 1)
    yield Line(offset + len(raw) - 2, raw[-2:], "SW", sw.name, depth)


def is_apdu(raw: bytes) -> bool:
    """Whether this is a command APDU with a name."""
    try:
        Command.parse(raw)
    except ValueError:
        return False
    return begins_as_one(raw)


def begins_as_one(raw: bytes) -> bool:
    """Whether this begins as a command with a name, whatever is wrong behind it."""
    return len(raw) >= HEADER and not command_name(raw[0], raw[1]).startswith("INS ")


def is_response(raw: bytes) -> bool:
    """Whether this ends with what may be a status word."""
    return len(raw) >= 2 and (0x61 <= raw[-2] <= 0x6F or 0x90 <= raw[-2] <= 0x9F)
