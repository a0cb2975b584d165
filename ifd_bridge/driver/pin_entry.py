"""PIN entry at the reader for clients: turns a part 10 structure into PC_to_RDR_Secure.

Spec: PC/SC Workgroup, part 10, 2.5; USB CCID 1.1, 6.1.11.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from readers.ccid.part10 import PinModify, PinVerify

from ..ifdh.api import Answer, Code
from .apdu_levels import Level
from .known_reader import KnownReader
from .link import Link, Out, answer_of
from .pin_repairs import appends_by_itself, modify_for, verify_for

SHORTEST_PIN_TIMEOUT_S = 90
"""Least time for a person in seconds; otherwise 10 s more than the structure says."""
UNSUPPORTED = Answer(Code.NOT_SUPPORTED)
"""The answer to an invalid structure; a bSeq is used up all the same, as by libccid."""
_APPEND_PIN = bytes.fromhex("800200")
_Pin = TypeVar("_Pin", PinVerify, PinModify)


class PinEntry:
    """The PIN entry of one slot."""

    def __init__(self, link: Link, level: Level, reader: KnownReader) -> None:
        self._link = link
        self._level = level
        self._reader = reader

    def verify(self, data: bytes) -> Answer:
        """FEATURE_VERIFY_PIN_DIRECT: `data` is a PIN_VERIFY_STRUCTURE."""
        try:
            pin = verify_for(self._reader, PinVerify.parse(data))
        except ValueError:
            self._link.skip()
            return UNSUPPORTED
        pin = self._in_turn(pin)
        if appends_by_itself(self._reader, pin, data):
            self._link.skip()
            told = self._link.command(Out.ESCAPE, _APPEND_PIN)
            if not told.ok:
                return answer_of(told)
        return self._enter(pin.secure, pin.timeout)

    def modify(self, data: bytes) -> Answer:
        """FEATURE_MODIFY_PIN_DIRECT: `data` is a PIN_MODIFY_STRUCTURE."""
        try:
            pin = PinModify.parse(data)
            modify_for(self._reader, pin)
        except ValueError:
            self._link.skip()
            return UNSUPPORTED
        pin = self._in_turn(pin)
        return self._enter(modify_for(self._reader, pin), pin.timeout)

    def _in_turn(self, pin: _Pin) -> _Pin:
        """The structure with the prologue of the block that the reader will send."""
        prologue = self._level.before_pin(pin.apdu)
        return pin if prologue is None else replace(pin, teo_prologue=prologue)

    def _enter(self, secure: bytes, timeout: int) -> Answer:
        """Let a person type; the reader's answer is the card's."""
        patience_s = float(max(SHORTEST_PIN_TIMEOUT_S, timeout + 10))
        reply = self._link.card_command(Out.SECURE, secure, timeout_s=patience_s)
        reply = self._level.after_pin(reply)
        return Answer(reply.code, reply.data)
