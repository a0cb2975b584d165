"""A log of any known kind as a recording.

Text is read by the kind of line that it has most of; lines of no kind are passed over, as logs
hold much besides. A log that does not tell the card's ATR gets one of its protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from readers.description.capture_blocks import is_capture, packets
from vcard.doubles import recording
from vcard.doubles.recording import Entry, Kind

from . import gsmtap, hex_dumps, usb_capture
from .lines import LINE_LOGS, read_lines

T0_ATR, T1_ATR = bytes.fromhex("3B00"), bytes.fromhex("3B800181")
"""ATRs without historical bytes that offer one protocol. Spec: ISO/IEC 7816-3, 8.2."""
MORE, WRONG_LENGTH = 0x61, 0x6C
"""SW1 of T=0 alone: there is more to get, the length was another. Spec: ISO/IEC 7816-4, 5.6."""

TEXTS: Mapping[str, Callable[[str], list[Entry]]] = {
    "opensc": hex_dumps.read,
    **{one.name: partial(read_lines, one) for one in LINE_LOGS},
}
"""The reader of each kind of text."""
CAPTURES: Mapping[str, Callable[[bytes], list[Entry]]] = {
    "usb": usb_capture.read,
    "gsmtap": gsmtap.read,
}
KINDS = ("recording", *TEXTS, *CAPTURES)


def logged(raw: bytes, kind: str | None = None, atr: bytes | None = None) -> list[Entry]:
    """The recording that a log holds; ValueError if it has no command with its answer.

    `kind` is one of KINDS, guessed if None; `atr` is what a log that tells none begins with.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"no kind of log is called {kind!r}; there are {', '.join(KINDS)}")
    if is_capture(raw) or kind in CAPTURES:
        return _begun(_from_capture(raw, kind), atr)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"offset {error.start}: neither text nor a capture") from None
    if kind == "recording" or (kind is None and text.lstrip().startswith(recording.HEADER)):
        return recording.parse(text.lstrip())
    if kind is not None:
        return _begun(TEXTS[kind](text), atr)
    return _begun(max((read(text) for read in TEXTS.values()), key=_exchanges), atr)


def _from_capture(raw: bytes, kind: str | None) -> list[Entry]:
    if kind is None:
        links = {link for link, _ in packets(raw)}
        kind = "gsmtap" if links & gsmtap.LINKS.keys() else "usb"
    if kind not in CAPTURES:
        raise ValueError(f"this is a capture, and {kind!r} is text")
    return CAPTURES[kind](raw)


def _exchanges(entries: Sequence[Entry]) -> int:
    """The number of answers: the measure of a guessed kind."""
    return sum(entry.kind is Kind.ANSWER for entry in entries)


def _begun(entries: Sequence[Entry], atr: bytes | None) -> list[Entry]:
    """The entries without repeated power-ups, beginning with one."""
    if not _exchanges(entries):
        raise ValueError("no command with its answer is in this log")
    kept: list[Entry] = []
    for entry in entries:
        again = entry.kind is Kind.UP and kept and kept[-1].kind is Kind.UP
        if not again or kept[-1].data != entry.data:
            kept.append(entry)
    if kept[0].kind is not Kind.UP:
        kept.insert(0, Entry(kept[0].time_s, Kind.UP, atr or _atr_of(kept)))
    return kept


def _atr_of(entries: Sequence[Entry]) -> bytes:
    answers = [entry.data for entry in entries if entry.kind is Kind.ANSWER and entry.data]
    t0 = any(len(answer) == 2 and answer[0] in (MORE, WRONG_LENGTH) for answer in answers)
    return T0_ATR if t0 else T1_ATR
