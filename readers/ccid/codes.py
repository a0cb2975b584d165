"""The codes in CCID messages: their types, states, errors and levels.

Spec: USB CCID 1.1, 4.2 (ICC states), 6.1 (bulk-OUT), 6.2 (bulk-IN, 6.2.6 errors), 6.3
(interrupt-IN).
"""

from __future__ import annotations

from enum import Enum, IntEnum, auto
from struct import Struct
from typing import Final

HEADER_SIZE: Final = 10
HEADER: Final = Struct("<BIBB")
"""bMessageType, dwLength, bSlot, bSeq: how every bulk message begins."""
SLOT: Final = 5
SEQUENCE: Final = 6
STATUS: Final = 7
ERROR: Final = 8
"""Offsets of bSlot and bSeq in every bulk message, of bStatus and bError in an answer."""
PARAMETER: Final = 7
LEVEL: Final = 8
"""Offsets of the first byte that is specific to a command, and of wLevelParameter, 2 bytes."""
ICC_MASK: Final = 0x03
COMMAND_MASK: Final = 0xC0
"""The bits of bStatus that hold bmICCStatus and bmCommandStatus."""


class Version(IntEnum):
    """bInterfaceProtocol. Spec: USB CCID 1.1, 4.7; USB ICCD 1.0, 5.1."""

    CCID = 0
    ICCD_A = 1
    ICCD_B = 2


ICCD: Final = (Version.ICCD_A, Version.ICCD_B)
"""The interfaces of tokens, reader and card in one."""


class MessageType(IntEnum):
    """bMessageType."""

    PC_to_RDR_SetParameters = 0x61
    PC_to_RDR_IccPowerOn = 0x62
    PC_to_RDR_IccPowerOff = 0x63
    PC_to_RDR_GetSlotStatus = 0x65
    PC_to_RDR_Secure = 0x69
    PC_to_RDR_T0APDU = 0x6A
    PC_to_RDR_Escape = 0x6B
    PC_to_RDR_GetParameters = 0x6C
    PC_to_RDR_ResetParameters = 0x6D
    PC_to_RDR_IccClock = 0x6E
    PC_to_RDR_XfrBlock = 0x6F
    PC_to_RDR_Mechanical = 0x71
    PC_to_RDR_Abort = 0x72
    PC_to_RDR_SetDataRateAndClockFrequency = 0x73
    RDR_to_PC_DataBlock = 0x80
    RDR_to_PC_SlotStatus = 0x81
    RDR_to_PC_Parameters = 0x82
    RDR_to_PC_Escape = 0x83
    RDR_to_PC_DataRateAndClockFrequency = 0x84
    RDR_to_PC_NotifySlotChange = 0x50
    RDR_to_PC_HardwareError = 0x51


class IccStatus(IntEnum):
    """bmICCStatus, bits 1..0 of bStatus."""

    ACTIVE = 0
    INACTIVE = 1
    ABSENT = 2


class Happening(Enum):
    """An event that changes the state of a slot."""

    INSERTED = auto()
    REMOVED = auto()
    ACTIVATED = auto()
    DEACTIVATED = auto()


TRANSITIONS: Final[dict[tuple[IccStatus, Happening], IccStatus]] = {
    (IccStatus.ABSENT, Happening.INSERTED): IccStatus.INACTIVE,
    (IccStatus.INACTIVE, Happening.ACTIVATED): IccStatus.ACTIVE,
    (IccStatus.INACTIVE, Happening.DEACTIVATED): IccStatus.INACTIVE,
    (IccStatus.INACTIVE, Happening.REMOVED): IccStatus.ABSENT,
    (IccStatus.ACTIVE, Happening.ACTIVATED): IccStatus.ACTIVE,
    (IccStatus.ACTIVE, Happening.DEACTIVATED): IccStatus.INACTIVE,
    (IccStatus.ACTIVE, Happening.REMOVED): IccStatus.ABSENT,
}
"""The state of a slot after each event; a pair that is missing cannot occur.

A card that was removed and reinserted is never active: the host must power it up again, so no
session outlives a card.
"""


class CommandStatus(IntEnum):
    """bmCommandStatus, bits 7..6 of bStatus."""

    OK = 0
    FAILED = 1
    TIME_EXTENSION = 2


FAILED: Final = CommandStatus.FAILED << 6
TIME_EXTENSION: Final = CommandStatus.TIME_EXTENSION << 6
"""bmCommandStatus in its place within bStatus."""


def level_of(message: bytes) -> int:
    """The wLevelParameter of PC_to_RDR_XfrBlock or PC_to_RDR_Secure."""
    return message[LEVEL] | message[LEVEL + 1] << 8


def asks_for_time(answer: bytes) -> bool:
    """Return True if an answer requests a time extension."""
    return len(answer) > STATUS and answer[STATUS] & COMMAND_MASK == TIME_EXTENSION


class Error(IntEnum):
    """bError of a failed command. 01..7F is the offset of the field that is wrong.

    Spec: USB CCID 1.1, 6.2.6.
    """

    CMD_NOT_SUPPORTED = 0x00
    BAD_LENGTH = 0x01
    BAD_SLOT = 0x05
    BAD_PARAMETER = 0x07
    BAD_LEVEL = 0x08
    BAD_DATA = 0x0A
    """The first byte of abData: bPINOperation, or a request of the maker's."""
    CMD_SLOT_BUSY = 0xE0
    PIN_CANCELLED = 0xEF
    PIN_TIMEOUT = 0xF0
    BUSY_WITH_AUTO_SEQUENCE = 0xF2
    DEACTIVATED_PROTOCOL = 0xF3
    PROCEDURE_BYTE_CONFLICT = 0xF4
    ICC_CLASS_NOT_SUPPORTED = 0xF5
    ICC_PROTOCOL_NOT_SUPPORTED = 0xF6
    BAD_ATR_TCK = 0xF7
    BAD_ATR_TS = 0xF8
    HW_ERROR = 0xFB
    XFR_OVERRUN = 0xFC
    XFR_PARITY_ERROR = 0xFD
    ICC_MUTE = 0xFE
    CMD_ABORTED = 0xFF


class Level(IntEnum):
    """wLevelParameter and bChainParameter: which piece of an extended APDU this is."""

    WHOLE = 0x00
    BEGIN = 0x01
    END = 0x02
    MIDDLE = 0x03
    EMPTY = 0x10
    """No data in this message. From the host: send more of the response. From the reader: send more
    of the command.
    """
