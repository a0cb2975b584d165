"""A PIN entry in the panel's trace: a sentence at its beginning, and one at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ifd_bridge.explain import pin_structure
from ifd_bridge.explain.ccid_text import error_name
from ifd_bridge.trace.events import Event
from ifd_bridge.trace.wording import Mark
from readers.ccid.codes import ERROR, HEADER_SIZE, SEQUENCE, STATUS, CommandStatus, MessageType
from readers.ccid.pin_request import PinOperation
from vcard import SW

Line = dict[str, Any]

ENTRIES = (bytes((PinOperation.VERIFICATION,)), bytes((PinOperation.MODIFICATION,)))
"""The bPINOperation of a command that waits for a person."""


def begins(message: bytes) -> bool:
    """True for PC_to_RDR_Secure that waits for a person."""
    secure = bytes((MessageType.PC_to_RDR_Secure,))
    return message[:1] == secure and message[HEADER_SIZE : HEADER_SIZE + 1] in ENTRIES


def ends(message: bytes, sequence: int | None) -> bool:
    """True for the answer with this bSeq (None: any), which is no time extension."""
    if len(message) < HEADER_SIZE or sequence not in (None, message[SEQUENCE]):
        return False
    return message[STATUS] >> 6 != CommandStatus.TIME_EXTENSION


def asked(event: Event, message: bytes) -> Line:
    """The line of an entry that begins, with every field of its structure."""
    fields = {line.name: line.text for line in pin_structure.secure(message[HEADER_SIZE:])}
    told = [fields.get(name, "") for name in ("wPINMaxExtraDigit", "bmFormatString")]
    until = f"ended by {fields.get('bEntryValidationCondition', '')}"
    within = f"time-out {fields.get('bTimeOut', '')}"
    note = ", ".join((*filter(None, told), until, within))
    details = [f"{name}: {text}" for name, text in fields.items()]
    return _line(event, f"{fields['bPINOperation']} asked for", note, details=details)


def ended(event: Event, message: bytes) -> Line:
    """The line of an entry that ends: the status word, or what went wrong."""
    if message[STATUS] >> 6 == CommandStatus.FAILED:
        return _line(event, "PIN entry failed", error_name(message[ERROR]), good=False)
    data = message[HEADER_SIZE:]
    if len(data) < 2:
        return _line(event, "PIN entry ended", "")
    sw = SW(int.from_bytes(data[-2:], "big"))
    return _line(event, "PIN entry ended", f"{sw}, {sw.name}", good=sw.ok)


def _line(
    event: Event,
    name: str,
    note: str,
    *,
    details: Sequence[str] = (),
    good: bool | None = None,
) -> Line:
    return {
        "at": event.at,
        "reader": event.reader,
        "slot": event.what.slot,
        "layer": "pin",
        "mark": Mark.NOTE.value,
        "name": name,
        "hex": "",
        "note": note,
        "details": list(details),
        "good": good,
    }
