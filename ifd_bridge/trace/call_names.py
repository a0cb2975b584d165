"""The words for calls, messages and times in all forms of the trace."""

from __future__ import annotations

from collections.abc import Callable

from ifd_bridge.explain.names import control_name
from ifd_bridge.ifdh.api import Attribute, Function, Power, Tag
from readers.ccid.codes import MessageType


def function_name(function: Function) -> str:
    """The function's own name, without IFDH."""
    words = "".join(word.title() for word in function.name.split("_"))
    return words.replace("Icc", "ICC")


def number_name(function: Function, number: int) -> str:
    """Return the meaning of a call's number to its function."""
    return _NUMBERS.get(function, str)(number)


def _capability(number: int) -> str:
    for names in (Attribute, Tag):
        if number in set(names):
            return names(number).name
    return f"{number:#06x}"


_NUMBERS: dict[Function, Callable[[int], str]] = {
    Function.GET_CAPABILITIES: _capability,
    Function.SET_CAPABILITIES: _capability,
    Function.SET_PROTOCOL_PARAMETERS: lambda number: f"T={number - 1}",
    Function.POWER_ICC: lambda number: Power(number).name if number in set(Power) else str(number),
    Function.TRANSMIT_TO_ICC: lambda number: {16: "raw"}.get(number, f"T={number}"),
    Function.CONTROL: control_name,
}


def message_name(message: bytes) -> str:
    """The name of a CCID message, by its first byte."""
    if not message:
        return "nothing"
    known = message[0] in set(MessageType)
    return MessageType(message[0]).name if known else f"message {message[0]:02X}"


def duration(seconds: float) -> str:
    """Milliseconds below a second, else seconds."""
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"
