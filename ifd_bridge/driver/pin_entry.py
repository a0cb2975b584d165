"""PIN entry at the reader for clients: turns a part 10 structure into PC_to_RDR_Secure.

Some readers refuse or misinterpret correct structures, so libccid changes these first, in this
order, by vendor and product id. Tables say which reader needs which change.

Spec: PC/SC Workgroup, part 10, 2.5; USB CCID 1.1, 6.1.11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from readers.ccid.part10 import PinModify, PinVerify

from ..ifdh.api import Answer, Code
from .apdu_levels import Level
from .known_reader import (
    CHERRY_KC1000SC,
    CHERRY_ST2000,
    CHERRY_XX44_PAD,
    DELL_KEYBOARD,
    DELL_READER,
    GEMALTO,
    GEMPC_PINPAD,
    SPR532,
    VEGA_ALPHA,
    KnownReader,
)
from .link import Link, Out, answer_of

SHORTEST_PIN_TIMEOUT_S = 90
"""Least time for a person in seconds; otherwise 10 s more than the structure says."""
UNSUPPORTED = Answer(Code.NOT_SUPPORTED)
"""The answer to an invalid structure; a bSeq is used up all the same, as by libccid."""
KEY_PRESSED = 0x02
_DEFAULT_MESSAGE = 0xFF
_APPEND_PIN = bytes.fromhex("800200")

VerifyRepair = Callable[[PinVerify], PinVerify]
ModifyRepair = Callable[[PinModify], PinModify]
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


# What readers need corrected


def verify_for(reader: KnownReader, pin: PinVerify) -> PinVerify:
    """The structure as the reader can take it."""
    pin = replace(pin, validation=_valid(pin.validation))
    for repair in VERIFY_REPAIRS.get(reader.model.usb_id, ()):
        pin = repair(pin)
    return replace(pin, validation=_masked(reader, pin.validation))


def modify_for(reader: KnownReader, pin: PinModify) -> bytes:
    """The abData of PC_to_RDR_Secure as the reader can take it.

    ValueError if bNumberMessage is not 0..3 or FF.
    """
    if pin.number_message > 3 and pin.number_message != _DEFAULT_MESSAGE:
        raise ValueError(f"offset 11: bNumberMessage is {pin.number_message}")
    pin = replace(pin, validation=_valid(pin.validation))
    for repair in MODIFY_REPAIRS.get(reader.model.usb_id, ()):
        pin = repair(pin)
    pin = replace(pin, validation=_masked(reader, pin.validation))
    if wants_three_indexes(reader):
        return pin.secure(indexes=3)
    if reader.model.usb_id in NO_MESSAGES_BUT_THREE_INDEXES:
        return replace(pin, number_message=0).secure(indexes=3)
    return pin.secure()


def wants_three_indexes(reader: KnownReader) -> bool:
    """True for the firmware that reads three message indexes whatever bNumberMessage says."""
    if reader.model.usb_id == VEGA_ALPHA:
        return True
    fixed = reader.firmware is not None and reader.firmware.three_indexes_fixed
    return reader.model.vendor_id == GEMALTO and not fixed


def appends_by_itself(reader: KnownReader, pin: PinVerify, raw: bytes) -> bool:
    """True if the reader needs an Escape first to put the PIN behind a bare header."""
    return reader.model.usb_id == SPR532 and pin.pin_block_string == 0 and raw[15] == 4


def _valid(condition: int) -> int:
    return condition if 1 <= condition <= 7 else KEY_PRESSED


def _masked(reader: KnownReader, condition: int) -> int:
    """Remove the conditions that the firmware does not know."""
    known = reader.firmware
    if known is None or reader.model.vendor_id != GEMALTO:
        return condition
    return condition & known.validation


def _key_ends_verify(pin: PinVerify) -> PinVerify:
    return replace(pin, number_message=1, validation=KEY_PRESSED)


def _key_ends_modify(pin: PinModify) -> PinModify:
    return replace(pin, validation=KEY_PRESSED)


def _no_message(pin: PinVerify) -> PinVerify:
    return replace(pin, number_message=0)


def _swapped_limits(pin: PinVerify) -> PinVerify:
    return replace(pin, min_digits=pin.max_digits, max_digits=pin.min_digits)


def _indexes_zero(pin: PinModify) -> PinModify:
    return replace(pin, message_index1=0, message_index2=0, message_index3=0)


def _three_messages(pin: PinModify) -> PinModify:
    return replace(pin, number_message=3)


def _default_for_none(pin: PinModify) -> PinModify:
    return replace(pin, number_message=pin.number_message or _DEFAULT_MESSAGE)


VERIFY_REPAIRS: dict[int, tuple[VerifyRepair, ...]] = {
    GEMPC_PINPAD: (_key_ends_verify,),
    VEGA_ALPHA: (_key_ends_verify,),
    DELL_READER: (_no_message,),
    DELL_KEYBOARD: (_no_message, _swapped_limits),
}

MODIFY_REPAIRS: dict[int, tuple[ModifyRepair, ...]] = {
    SPR532: (_indexes_zero,),
    CHERRY_ST2000: (_indexes_zero,),
    CHERRY_XX44_PAD: (_three_messages,),
    GEMPC_PINPAD: (_key_ends_modify,),
    VEGA_ALPHA: (_key_ends_modify,),
    CHERRY_KC1000SC: (_default_for_none,),
}

NO_MESSAGES_BUT_THREE_INDEXES = frozenset({SPR532, CHERRY_ST2000})
