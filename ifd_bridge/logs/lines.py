"""Logs with a command or an answer a line.

    apdu4j      A>> T=1 (4+0007) 00A40404 07 A0000000041010 00      GlobalPlatformPro, apdu4j
    pcscd       00000317 APDU: 80 F8 00 00 08 ...                   pcscd --apdu
    lpac        [DEBUG] [APDU] [TX] CLA: 80, INS: E2, P1: 91, P2: 00, Lc: 03, Data: BF 2E 00
    pysim       -> 00a4000402 3f00                                  pySim-shell --apdu-trace
    pyscard     > 00 A4 04 00 07 ...                                ConsoleCardConnectionObserver
    yubikit     SEND: 00a4040005a000000308                          ykman --log-level TRAFFIC
    arrows      > 00 A4 04 00   < 90 00 : text                      scriptor, and many others

Times are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vcard.doubles.recording import Entry, Kind

from .hexadecimal import hexadecimal
from .turns import in_turn

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_HEX = r"[0-9A-Fa-fx\s:,{}-]+?"
_ANSWER_TEXT = r"(?:\s+[:(].*)?"
"""The explanation that a program prints behind a status word."""


@dataclass(frozen=True, slots=True)
class LineLog:
    """A kind of log: `line` matches a whole line of interest.

    Its groups are `atr`, `command` and `answer`, hexadecimal; `sw` follows an answer's data where
    a log has it apart. Names of fields between the digits are cut out.
    """

    name: str
    line: re.Pattern[str]


def _kind(name: str, *lines: str) -> LineLog:
    return LineLog(name, re.compile("|".join(f"(?:{line})" for line in lines)))


LINE_LOGS = (
    _kind(
        "apdu4j",
        r".*A>> (?:T=\S+ )?\(4\+\d+\) (?P<command>[0-9A-Fa-f ]+)",
        r".*A<< \(\d+\+2\) (?:\([\d.]+\s?m?s\) )?(?P<answer>[0-9A-Fa-f ]+)",
        r".*SCardConnect\(.*\) -> T=\S+, (?P<atr>[0-9A-Fa-f]+)",
    ),
    _kind(
        "pcscd",
        r".*\bAPDU: (?P<command>[0-9A-Fa-f ]+)",
        r".*\bSW: (?P<answer>[0-9A-Fa-f ]+)",
        r".*\bCard ATR: (?P<atr>[0-9A-Fa-f ]+)",
    ),
    _kind(
        "lpac",
        r".*\[APDU\] \[TX\] CLA: (?P<command>.+)",
        r".*\[APDU\] \[RX\] SW1: (?P<sw>\w\w, SW2: \w\w)(?:, Data:(?P<answer>[0-9A-Fa-f ]*))?",
    ),
    _kind(
        "pysim",
        r"-> (?P<command>[0-9A-Fa-f ]+)",
        r"<- (?P<sw>[0-9A-Fa-f]{4}): ?(?P<answer>[0-9A-Fa-f]*)",
    ),
    _kind(
        "pyscard",
        r"> (?P<command>(?:[0-9A-Fa-f]{2} )+[0-9A-Fa-f]{2})",
        r"< {1,2}(?P<answer>\[\]|(?:[0-9A-Fa-f]{2} ?)+) (?P<sw>[0-9A-F][0-9A-F ] [0-9A-F]{1,2})",
    ),
    _kind(
        "yubikit",
        r".*\bSEND: (?P<command>[0-9A-Fa-f]+)",
        r".*\bRECV: (?P<answer>[0-9A-Fa-f]*?)(?: ?SW=(?P<sw>[0-9A-Fa-f]{4}))?",
    ),
    _kind(
        "arrows",
        rf"(?:.*[^-<])?(?:[-=]?>{{1,2}}|C-APDU:?|[CT]X:?)\s*(?P<command>{_HEX}){_ANSWER_TEXT}",
        rf"(?:.*[^>])?(?:<{{1,2}}[-=]?|R-APDU:?|RX:?)\s*(?P<answer>{_HEX}){_ANSWER_TEXT}",
        rf"(?:< OK:|ATR:)\s*(?P<atr>{_HEX})",
    ),
)
"""The logs in the order in which they are tried; if two match equally, the first counts."""

_NAMES = re.compile(r"\b(?:INS|P1|P2|Lc|Le|SW2|Data):")


def read_lines(log: LineLog, text: str) -> list[Entry]:
    """Return the turns in a text of this kind, in its order."""
    return in_turn(_told(text, log))


def _told(text: str, log: LineLog) -> Iterator[tuple[Kind, bytes]]:
    """Power-ups, and commands with their answers; half a pair is left out."""
    command: bytes | None = None
    for line in text.splitlines():
        match = log.line.fullmatch(_COLOUR.sub("", line).rstrip())
        if match is None:
            continue
        found = match.groupdict()
        if found.get("atr"):
            yield Kind.UP, _bytes(found["atr"])
        elif found.get("command"):
            command = _bytes(found["command"])
        elif command:
            yield Kind.COMMAND, command
            yield Kind.ANSWER, _bytes(found["answer"] or "") + _sw(found.get("sw"))
            command = None


def _bytes(text: str) -> bytes:
    """Hexadecimal with whatever stands between; nothing if it is malformed."""
    try:
        return hexadecimal(_NAMES.sub("", text))
    except ValueError:
        return b""


def _sw(text: str | None) -> bytes:
    """A status word: four digits, or two numbers of which one may have lost its zero."""
    if not text:
        return b""
    parts = _NAMES.sub("", text.replace(",", " ")).split()
    return bytes.fromhex("".join(part.ljust(2, "0") if len(part) == 1 else part for part in parts))
