"""CCID messages explained, PC_to_RDR_Secure with its PIN fields.

Spec: USB CCID 1.1, 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from readers.ccid.codes import HEADER, HEADER_SIZE, CommandStatus, Error, IccStatus, MessageType
from readers.ccid.message import BULK
from vcard.atr import text
from vcard.atr.atr import Atr
from vcard.explanation import Line

from . import parameters_text, pin_structure
from .apdu_text import apdu, response
from .t1_text import block, is_block


def ccid(raw: bytes) -> Iterator[Line]:
    """A bulk or interrupt message."""
    if not raw:
        raise ValueError("offset 0: bMessageType is missing")
    if raw[0] in (0x50, 0x51):
        yield from interrupt(raw)
        return
    if len(raw) < HEADER_SIZE:
        raise ValueError(f"offset {len(raw)}: a message has at least {HEADER_SIZE} bytes")
    kind, length, slot, seq = HEADER.unpack_from(raw)
    there = len(raw) - HEADER_SIZE
    name = MessageType(kind).name if kind in tuple(MessageType) else "unknown message"
    wrong = "" if length == there else f", but {there} are there"
    yield Line(0, raw[:1], "bMessageType", name)
    yield Line(1, raw[1:5], "dwLength", f"{length} bytes{wrong}")
    yield Line(5, raw[5:6], "bSlot", str(slot))
    yield Line(6, raw[6:7], "bSeq", str(seq))
    yield from _status(raw) if kind >= 0x80 else ()
    yield from _rest(raw, kind)


def _status(raw: bytes) -> Iterator[Line]:
    status, error = raw[7], raw[8]
    card = IccStatus(status & 3).name.lower() if status & 3 < 3 else "reserved"
    command = CommandStatus(status >> 6).name if status >> 6 < 3 else "reserved"
    yield Line(7, raw[7:8], "bStatus", f"card {card}, command {command.replace('_', ' ').lower()}")
    if status >> 6 == CommandStatus.FAILED:
        yield Line(8, raw[8:9], "bError", error_name(error))
    elif status >> 6 == CommandStatus.TIME_EXTENSION:
        yield Line(8, raw[8:9], "bError", f"{error} times the waiting time")
    elif error:
        yield Line(8, raw[8:9], "bError", f"{error_name(error)}, which no status here calls for")


def error_name(error: int) -> str:
    """BError in words: a name, or the offset of the field that is wrong."""
    if error in (Error.CMD_NOT_SUPPORTED, *(value for value in Error if value > 0x7F)):
        return Error(error).name
    return f"wrong field at offset {error}" if error <= 0x7F else "of the reader's maker"


def _rest(raw: bytes, kind: int) -> Iterator[Line]:
    message = BULK.get(kind)
    data = raw[HEADER_SIZE:]
    names = _SPECIFIC.get(kind, ())
    at = 9 if kind >= 0x80 else 7
    for name, size in names:
        value = int.from_bytes(raw[at : at + size], "little")
        yield Line(at, raw[at : at + size], name, str(value))
        at += size
    if message is None or not data:
        return
    if kind == MessageType.PC_to_RDR_Secure:
        yield from pin_structure.secure(data, HEADER_SIZE)
    else:
        yield Line(HEADER_SIZE, data, "abData", f"{len(data)} bytes")
        yield from parameters_text.fields(data, kind)
        yield from _inside(data, kind)


_SPECIFIC: Mapping[int, tuple[tuple[str, int], ...]] = {
    0x61: (("bProtocolNum", 1),),
    0x62: (("bPowerSelect", 1),),
    0x69: (("bBWI", 1), ("wLevelParameter", 2)),
    0x6A: (("bmChanges", 1), ("bClassGetResponse", 1), ("bClassEnvelope", 1)),
    0x6E: (("bClockCommand", 1),),
    0x6F: (("bBWI", 1), ("wLevelParameter", 2)),
    0x71: (("bFunction", 1),),
    0x80: (("bChainParameter", 1),),
    0x81: (("bClockStatus", 1),),
    0x82: (("bProtocolNum", 1),),
}


def _inside(data: bytes, kind: int) -> Iterator[Line]:
    """Explain the data of an XfrBlock or a DataBlock."""
    if kind not in (MessageType.PC_to_RDR_XfrBlock, MessageType.RDR_to_PC_DataBlock):
        return
    try:
        lines = list(_explain(data, kind))
    except ValueError:
        return
    for line in lines:
        yield Line(line.offset + HEADER_SIZE, line.raw, line.name, line.text, line.depth + 1)


def _explain(data: bytes, kind: int) -> Iterable[Line]:
    if is_block(data):
        return block(data)
    if kind == MessageType.PC_to_RDR_XfrBlock:
        return apdu(data)
    return text.explain(Atr.parse(data)) if is_atr(data) else response(data)


def interrupt(raw: bytes) -> Iterator[Line]:
    """RDR_to_PC_NotifySlotChange and RDR_to_PC_HardwareError."""
    yield Line(0, raw[:1], "bMessageType", MessageType(raw[0]).name)
    if raw[0] == MessageType.RDR_to_PC_HardwareError:
        for at, name in enumerate(("bSlot", "bSeq", "bHardwareErrorCode"), 1):
            yield from [Line(at, raw[at : at + 1], name, str(raw[at]))] if at < len(raw) else []
        return
    for number in range(4 * (len(raw) - 1)):
        state = raw[1 + number // 4] >> 2 * (number % 4) & 3
        if state:
            card = "card present" if state & 1 else "no card"
            change = "changed" if state & 2 else "as before"
            yield Line(1 + number // 4, raw[1 + number // 4 :][:1], f"slot {number}",
                       f"{card}, {change}")  # fmt: skip


def is_ccid(raw: bytes) -> bool:
    """Whether this has the shape of a message."""
    return (
        len(raw) >= HEADER_SIZE
        and raw[0] in BULK
        and int.from_bytes(raw[1:5], "little") == len(raw) - HEADER_SIZE
    ) or (
        (len(raw) in (2, 3) and raw[0] == MessageType.RDR_to_PC_NotifySlotChange)
        or (len(raw) == 4 and raw[0] == MessageType.RDR_to_PC_HardwareError)
    )


def is_atr(raw: bytes) -> bool:
    """Whether this is an ATR with nothing wrong."""
    return raw[:1] in (b"\x3b", b"\x3f") and not Atr.parse(raw).problems
