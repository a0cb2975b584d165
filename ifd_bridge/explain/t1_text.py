"""Blocks of the protocol T=1 explained.

Spec: ISO/IEC 7816-3:2006, 11.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from vcard.atr.values import Edc
from vcard.explanation import Line
from vcard.transmission.t1_block import edc_of

from .apdu_text import apdu, is_apdu, is_response, response


def block(raw: bytes) -> Iterator[Line]:
    """A T=1 block with LRC or CRC."""
    if len(raw) < 4:
        raise ValueError(f"offset {len(raw)}: a block has at least 4 bytes")
    nad, pcb, length = raw[:3]
    end = min(3 + length, len(raw))
    yield Line(0, raw[:1], "NAD", f"from {nad & 7} to {nad >> 4 & 7}")
    yield Line(1, raw[1:2], "PCB", _pcb(pcb))
    yield Line(2, raw[2:3], "LEN", f"{length} bytes")
    if end > 3:
        yield Line(3, raw[3:end], "INF", f"{end - 3} bytes")
        if not pcb & 0x80:
            yield from _information(raw[3:end])
    yield Line(end, raw[end:], "EDC", _edc(raw, end))


def _information(data: bytes) -> Iterator[Line]:
    try:
        lines = list(response(data) if is_response(data) and not is_apdu(data) else apdu(data))
    except ValueError:
        return
    for line in lines:
        yield Line(line.offset + 3, line.raw, line.name, line.text, line.depth + 1)


_SUPERVISORY = {0: "RESYNCH", 1: "IFS", 2: "ABORT", 3: "WTX"}
_RECEIPT = {0: "no error", 1: "EDC or parity error", 2: "other error"}


def _pcb(pcb: int) -> str:
    if not pcb & 0x80:
        return f"I-block {pcb >> 6 & 1}{', more follows' if pcb & 0x20 else ''}"
    if not pcb & 0x40:
        return f"R-block, expects {pcb >> 4 & 1}, {_RECEIPT.get(pcb & 0x0F, 'reserved')}"
    answer = "response" if pcb & 0x20 else "request"
    return f"S-block, {_SUPERVISORY.get(pcb & 0x1F, 'reserved')} {answer}"


def _edc(raw: bytes, end: int) -> str:
    code = {1: Edc.LRC, 2: Edc.CRC}.get(len(raw) - end)
    if code is None:
        return f"{len(raw) - end} bytes where 1 or 2 belong"
    right = edc_of(raw[:end], code)
    said = "right" if right == raw[end:] else f"{right.hex(' ').upper()} would be right"
    return f"{code.name}, {said}"


def is_block(raw: bytes) -> bool:
    """Whether this is a block with a right LRC, and no command APDU."""
    if len(raw) < 4 or len(raw) != 4 + raw[2] or is_apdu(raw):
        return False
    return _edc(raw, 3 + raw[2]) == "LRC, right"
