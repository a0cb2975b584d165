"""The data of PC_to_RDR_Secure: the PINs to enter, and their form.

Spec: USB CCID 1.1, 6.1.11 (tables 6.1-20 and following).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from struct import Struct
from typing import ClassVar, Self

from .pin_block import PinFormat, insert_pin, join_template, split_template

DEFAULT_MESSAGES = 0xFF
"""The bNumberMessage for the reader's own messages."""


class PinOperation(IntEnum):
    """Values of bPINOperation."""

    VERIFICATION = 0
    MODIFICATION = 1
    TRANSFER_FROM_BUFFER = 2
    WAIT_ICC_RESPONSE = 3
    CANCEL = 4
    RESEND_LAST_BLOCK = 5
    NEXT_PART = 6


class Condition(IntFlag):
    """Bits of bEntryValidationCondition."""

    MAX_LENGTH = 1
    KEY = 2
    TIMEOUT = 4


class Prompt(IntEnum):
    """The PIN that is requested; the value is the index of its usual message."""

    ENTER = 0
    NEW = 1
    CONFIRM = 2


class Confirm(IntFlag):
    """Bits of bConfirmPIN."""

    CONFIRM_NEW = 1
    ASK_CURRENT = 2


@dataclass(frozen=True, slots=True)
class _Structure:
    """The first fields are those of `layout`, the others are bytes."""

    layout: ClassVar[Struct]

    def __bytes__(self) -> bytes:
        values = [getattr(self, field.name) for field in fields(self)]
        fixed = len(self.layout.unpack(bytes(self.layout.size)))
        return self.layout.pack(*values[:fixed]) + b"".join(values[fixed:])


@dataclass(frozen=True, slots=True)
class PinVerification(_Structure):
    """Verification: one PIN, `abPINApdu` is the command's template."""

    operation: ClassVar[PinOperation] = PinOperation.VERIFICATION
    layout: ClassVar[Struct] = Struct("<BBBBHBBHB3s")
    offsets: ClassVar[dict[str, int]] = {
        "format": 12,
        "digits": 15,
        "condition": 17,
        "messages": 18,
        "command": 25,
    }
    """Offsets of the fields in the message; bError names a wrong field by its offset."""

    bTimeOut: int = 0
    bmFormatString: int = 0x82
    bmPINBlockString: int = 0x08
    bmPINLengthFormat: int = 0
    wPINMaxExtraDigit: int = 0x0408
    bEntryValidationCondition: int = Condition.KEY
    bNumberMessage: int = 1
    wLangId: int = 0x0409
    bMsgIndex: int = 0
    bTeoPrologue: bytes = b"\0\0\0"
    abPINApdu: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read what follows bPINOperation; ValueError if it is too short."""
        if len(raw) < cls.layout.size:
            raise ValueError(f"offset {len(raw)}: a verification has {cls.layout.size} bytes")
        values = (*cls.layout.unpack_from(raw), raw[cls.layout.size :])
        return cls(*values)

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """The PINs to be typed, in their order."""
        return (Prompt.ENTER,)

    @property
    def indexes(self) -> tuple[int, ...]:
        """The message indexes, in the order of the prompts."""
        return (self.bMsgIndex,)

    def command(self, pins: dict[Prompt, str]) -> bytes:
        """The command APDU with the PIN; BlockError if it does not fit."""
        header, data, le = split_template(self.abPINApdu)
        data = insert_pin(data, pins[Prompt.ENTER], pin_format(self))
        return join_template(header, data, le)


def index_count(messages: int) -> int:
    """Return the number of message indexes in a modification, for its bNumberMessage."""
    return {0: 1, 1: 2, 2: 2}.get(messages, 3)


@dataclass(frozen=True, slots=True)
class PinModification(_Structure):
    """Modification: the current PIN if asked for, the new one, and the new one again.

    `abMsgIndex` has one index for bNumberMessage 0, two for 1 and 2, else three.
    """

    operation: ClassVar[PinOperation] = PinOperation.MODIFICATION
    layout: ClassVar[Struct] = Struct("<BBBBBBHBBBH")
    offsets: ClassVar[dict[str, int]] = {
        "format": 12,
        "digits": 17,
        "confirm": 19,
        "condition": 20,
        "messages": 21,
        "command": 25,
    }

    bTimeOut: int = 0
    bmFormatString: int = 0x82
    bmPINBlockString: int = 0x08
    bmPINLengthFormat: int = 0
    bInsertionOffsetOld: int = 0
    bInsertionOffsetNew: int = 8
    wPINMaxExtraDigit: int = 0x0408
    bConfirmPIN: int = Confirm.CONFIRM_NEW | Confirm.ASK_CURRENT
    bEntryValidationCondition: int = Condition.KEY
    bNumberMessage: int = 3
    wLangId: int = 0x0409
    abMsgIndex: bytes = b"\0\1\2"
    bTeoPrologue: bytes = b"\0\0\0"
    abPINApdu: bytes = b""

    @classmethod
    def parse(cls, raw: bytes, indexes: int | None = None) -> Self:
        """Read what follows bPINOperation; ValueError if it is too short.

        `indexes` is the number of message indexes, if it does not follow from bNumberMessage.
        """
        start = cls.layout.size
        if len(raw) >= start:
            values = cls.layout.unpack_from(raw)
            end = start + (index_count(values[9]) if indexes is None else indexes)
            if len(raw) >= end + 3:
                values = (*values, raw[start:end], raw[end : end + 3], raw[end + 3 :])
                return cls(*values)
        raise ValueError(f"offset {len(raw)}: a modification has at least {start + 4} bytes")

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """The PINs to be typed, in their order."""
        asks = (Prompt.ENTER,) if self.bConfirmPIN & Confirm.ASK_CURRENT else ()
        confirms = (Prompt.CONFIRM,) if self.bConfirmPIN & Confirm.CONFIRM_NEW else ()
        return (*asks, Prompt.NEW, *confirms)

    @property
    def indexes(self) -> tuple[int, ...]:
        """The message indexes, in the order of the prompts."""
        return tuple(self.abMsgIndex)

    def command(self, pins: dict[Prompt, str]) -> bytes:
        """The command APDU with the PINs; BlockError if they do not fit.

        Where blocks have no size and offsets leave no room, the new PIN follows the current one.
        """
        header, data, le = split_template(self.abPINApdu)
        how, after = pin_format(self), 0
        if Prompt.ENTER in pins:
            current = pins[Prompt.ENTER]
            data = insert_pin(data, current, how, self.bInsertionOffsetOld)
            end = self.bInsertionOffsetOld * 8 + how.position + len(current) * how.digit_bits
            after = -(-end // 8)
        data = insert_pin(data, pins[Prompt.NEW], how, self.bInsertionOffsetNew, after)
        return join_template(header, data, le)


PinRequest = PinVerification | PinModification


def pin_format(request: PinRequest) -> PinFormat:
    """The format bytes by meaning; ValueError if the coding is reserved."""
    return PinFormat.parse(
        request.bmFormatString, request.bmPINBlockString, request.bmPINLengthFormat
    )


def digit_limits(request: PinRequest) -> tuple[int, int]:
    """The least and the greatest number of digits that the host wants."""
    return divmod(request.wPINMaxExtraDigit, 256)


_MESSAGES_FOR = {0: {0, 1}, 1: {2}, 2: {2}, 3: {3}}
"""The bNumberMessage that a strict reader expects for each bConfirmPIN."""


def adds_up(request: PinRequest) -> bool:
    """True if the structure is consistent in every respect; strict readers demand it."""
    how = pin_format(request)
    low, high = digit_limits(request)
    _, data, _ = split_template(request.abPINApdu)
    block = how.size + (0 if how.whole else how.position // 8)
    start, messages = 0, {0, 1}
    if isinstance(request, PinModification):
        start = request.bInsertionOffsetNew
        messages = _MESSAGES_FOR.get(request.bConfirmPIN, set())
        asks = request.bConfirmPIN & Confirm.ASK_CURRENT
        if asks and start < request.bInsertionOffsetOld + block:
            return False
    return (
        1 <= low <= high <= 16
        and len(data) == start + block
        and how.position >= (how.length_position + how.length_bits if how.length_bits else 0)
        and how.room is not None
        and how.room >= high
        and request.bNumberMessage in messages | {DEFAULT_MESSAGES}
    )
