"""Corrections of PIN commands, made before a reader gets them.

Some readers refuse or misinterpret correct structures; libccid corrects them, in this order, by
vendor and product id. Which reader needs which correction is data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from readers.ccid.part10 import PinModify, PinVerify

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

KEY_PRESSED = 0x02
_DEFAULT_MESSAGE = 0xFF

VerifyRepair = Callable[[PinVerify], PinVerify]
ModifyRepair = Callable[[PinModify], PinModify]


def verify_for(reader: KnownReader, pin: PinVerify) -> PinVerify:
    """The structure as the reader can take it."""
    pin = replace(pin, validation=_valid(pin.validation))
    for repair in VERIFY_REPAIRS.get(reader.reader_id, ()):
        pin = repair(pin)
    return replace(pin, validation=_masked(reader, pin.validation))


def modify_for(reader: KnownReader, pin: PinModify) -> bytes:
    """The abData of PC_to_RDR_Secure as the reader can take it.

    ValueError if bNumberMessage is not 0..3 or FF.
    """
    if pin.number_message > 3 and pin.number_message != _DEFAULT_MESSAGE:
        raise ValueError(f"offset 11: bNumberMessage is {pin.number_message}")
    pin = replace(pin, validation=_valid(pin.validation))
    for repair in MODIFY_REPAIRS.get(reader.reader_id, ()):
        pin = repair(pin)
    pin = replace(pin, validation=_masked(reader, pin.validation))
    if wants_three_indexes(reader):
        return pin.secure(indexes=3)
    if reader.reader_id in NO_MESSAGES_BUT_THREE_INDEXES:
        return replace(pin, number_message=0).secure(indexes=3)
    return pin.secure()


def wants_three_indexes(reader: KnownReader) -> bool:
    """True for the firmware that reads three message indexes whatever bNumberMessage says."""
    if reader.reader_id == VEGA_ALPHA:
        return True
    fixed = reader.firmware is not None and reader.firmware.three_indexes_fixed
    return reader.model.vendor_id == GEMALTO and not fixed


def appends_by_itself(reader: KnownReader, pin: PinVerify, raw: bytes) -> bool:
    """True if the reader needs an Escape first to put the PIN behind a bare header."""
    return reader.reader_id == SPR532 and pin.pin_block_string == 0 and raw[15] == 4


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
