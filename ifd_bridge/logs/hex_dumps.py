"""OpenSC's debug log: a heading with a number of bytes, then a dump of them.

Outgoing APDU (12 bytes):
00 A4 04 00 07 62 76 01 FF 00 00 00 .....bv.....
"""

from __future__ import annotations

import re

from vcard.doubles.recording import Entry, Kind

from .turns import in_turn

_HEADING = re.compile(
    r"(?P<what>Outgoing APDU|Incoming APDU|try to match card with ATR)(?: data)? "
    r"[\[(]\s*(?P<size>\d+) bytes[\])][ :=]*"
)
_KINDS = {"Outgoing APDU": Kind.COMMAND, "Incoming APDU": Kind.ANSWER}
A_LINE = 16
MOST = 65_544
"""An extended APDU with its header, both lengths and 65,535 bytes."""


def read(text: str) -> list[Entry]:
    """The dumps that a log has in full, in its order."""
    told: list[tuple[Kind, bytes]] = []
    lines = iter(text.splitlines())
    for line in lines:
        heading = _HEADING.search(line)
        if heading is None or not (size := int(heading["size"])) <= MOST:
            continue
        data = b""
        while len(data) < size and (more := _dumped(next(lines, ""), size - len(data))):
            data += more
        kind = _KINDS.get(heading["what"], Kind.UP)
        if len(data) == size and _follows(told, kind):
            told.append((kind, data))
    return in_turn(told)


def _dumped(line: str, most: int) -> bytes:
    """The bytes that begin a line, the text behind them left out."""
    digits = re.match(rf"(?:[0-9A-Fa-f]{{2}} ?){{1,{min(most, A_LINE)}}}", line)
    return bytes.fromhex(digits[0]) if digits else b""


def _follows(told: list[tuple[Kind, bytes]], kind: Kind) -> bool:
    """An answer needs a command before it."""
    return kind is not Kind.ANSWER or (bool(told) and told[-1][0] is Kind.COMMAND)
