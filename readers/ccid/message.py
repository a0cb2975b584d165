"""CCID messages, with the standard's own names.

Each class is one message; `parse` and `bytes()` are exact inverses. dwLength is never a field:
it follows from the data.

For traces, tools and tests. The reader itself reads and writes bytes (ccid/codes.py has their
places): each message is on the way of every APDU, and a handler needs one or two of its fields.

Spec: USB CCID 1.1, 6.1 (bulk-OUT), 6.2 (bulk-IN), 6.3 (interrupt-IN).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from struct import Struct
from typing import ClassVar, Self

from .codes import HEADER, HEADER_SIZE, MessageType


@dataclass(frozen=True, slots=True)
class Message:
    """A bulk message: header, fields, and the data if the message has some."""

    bMessageType: ClassVar[MessageType]
    layout: ClassVar[Struct] = Struct("3x")
    """The fields after bSeq, in the order of the class."""
    has_data: ClassVar[bool] = False

    bSlot: int = 0
    bSeq: int = 0

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read one message of this type; ValueError names the offset where it goes wrong."""
        if len(raw) < HEADER_SIZE:
            raise ValueError(f"offset {len(raw)}: a message has at least {HEADER_SIZE} bytes")
        kind, length, slot, seq = HEADER.unpack_from(raw)
        if kind != cls.bMessageType:
            raise ValueError(f"offset 0: {kind:02X} is not {cls.bMessageType.name}")
        if length != len(raw) - HEADER_SIZE:
            raise ValueError(f"offset 1: dwLength is {length}, not {len(raw) - HEADER_SIZE}")
        end = HEADER.size + cls.layout.size
        if len(raw) < end or (len(raw) > end and not cls.has_data):
            raise ValueError(f"offset 1: dwLength {length} does not suit {cls.bMessageType.name}")
        values = cls.layout.unpack_from(raw, HEADER.size)
        message = cls(slot, seq, *values, *([raw[end:]] if cls.has_data else []))
        if bytes(message) != raw:
            raise ValueError(f"offset {HEADER.size}: reserved bytes are not 0")
        return message

    def __bytes__(self) -> bytes:
        values = [getattr(self, field.name) for field in fields(self)][2:]
        data = values.pop() if self.has_data else b""
        body = self.layout.pack(*values) + data
        length = len(body) + HEADER.size - HEADER_SIZE
        return HEADER.pack(self.bMessageType, length, self.bSlot, self.bSeq) + body


@dataclass(frozen=True, slots=True)
class PC_to_RDR_SetParameters(Message):
    """Protocol parameters: 5 bytes for T=0, 7 for T=1."""

    bMessageType = MessageType.PC_to_RDR_SetParameters
    layout = Struct("<B2x")
    has_data = True
    bProtocolNum: int = 0
    abProtocolDataStructure: bytes = b""


@dataclass(frozen=True, slots=True)
class PC_to_RDR_IccPowerOn(Message):
    """Activate or reset the card; bPowerSelect 0 automatic, 1 5 V, 2 3 V, 3 1.8 V."""

    bMessageType = MessageType.PC_to_RDR_IccPowerOn
    layout = Struct("<B2x")
    bPowerSelect: int = 0


@dataclass(frozen=True, slots=True)
class PC_to_RDR_IccPowerOff(Message):
    """Deactivate the card."""

    bMessageType = MessageType.PC_to_RDR_IccPowerOff


@dataclass(frozen=True, slots=True)
class PC_to_RDR_GetSlotStatus(Message):
    """Ask whether there is a card, and whether it is active."""

    bMessageType = MessageType.PC_to_RDR_GetSlotStatus


@dataclass(frozen=True, slots=True)
class PC_to_RDR_Secure(Message):
    """A PIN entry; abData is bPINOperation and its data structure."""

    bMessageType = MessageType.PC_to_RDR_Secure
    layout = Struct("<BH")
    has_data = True
    bBWI: int = 0
    wLevelParameter: int = 0
    abData: bytes = b""


@dataclass(frozen=True, slots=True)
class PC_to_RDR_T0APDU(Message):
    """The class bytes that the reader uses for GET RESPONSE and ENVELOPE at T=0."""

    bMessageType = MessageType.PC_to_RDR_T0APDU
    layout = Struct("<BBB")
    bmChanges: int = 0
    bClassGetResponse: int = 0
    bClassEnvelope: int = 0


@dataclass(frozen=True, slots=True)
class PC_to_RDR_Escape(Message):
    """A request defined by the manufacturer."""

    bMessageType = MessageType.PC_to_RDR_Escape
    has_data = True
    abData: bytes = b""


@dataclass(frozen=True, slots=True)
class PC_to_RDR_GetParameters(Message):
    """Ask for the protocol and the parameters in use."""

    bMessageType = MessageType.PC_to_RDR_GetParameters


@dataclass(frozen=True, slots=True)
class PC_to_RDR_ResetParameters(Message):
    """Restore the default parameters."""

    bMessageType = MessageType.PC_to_RDR_ResetParameters


@dataclass(frozen=True, slots=True)
class PC_to_RDR_IccClock(Message):
    """bClockCommand 0 restarts, 1 stops the card's clock."""

    bMessageType = MessageType.PC_to_RDR_IccClock
    layout = Struct("<B2x")
    bClockCommand: int = 0


@dataclass(frozen=True, slots=True)
class PC_to_RDR_XfrBlock(Message):
    """A block or an APDU for the card."""

    bMessageType = MessageType.PC_to_RDR_XfrBlock
    layout = Struct("<BH")
    has_data = True
    bBWI: int = 0
    wLevelParameter: int = 0
    abData: bytes = b""


@dataclass(frozen=True, slots=True)
class PC_to_RDR_Mechanical(Message):
    """bFunction 1 accept, 2 eject, 3 capture, 4 lock, 5 unlock."""

    bMessageType = MessageType.PC_to_RDR_Mechanical
    layout = Struct("<B2x")
    bFunction: int = 0


@dataclass(frozen=True, slots=True)
class PC_to_RDR_Abort(Message):
    """One half of an abort; the other is the control request with the same slot and bSeq."""

    bMessageType = MessageType.PC_to_RDR_Abort


@dataclass(frozen=True, slots=True)
class PC_to_RDR_SetDataRateAndClockFrequency(Message):
    """Manual data rate (bit/s) and clock (kHz)."""

    bMessageType = MessageType.PC_to_RDR_SetDataRateAndClockFrequency
    layout = Struct("<3xII")
    dwClockFrequency: int = 0
    dwDataRate: int = 0


@dataclass(frozen=True, slots=True)
class Answer(Message):
    """A bulk-IN message: the fields of every RDR_to_PC message."""

    bStatus: int = 0
    bError: int = 0

    @property
    def icc_status(self) -> int:
        """The bmICCStatus bits (3 is reserved)."""
        return self.bStatus & 3

    @property
    def command_status(self) -> int:
        """The bmCommandStatus bits (3 is reserved)."""
        return self.bStatus >> 6


@dataclass(frozen=True, slots=True)
class RDR_to_PC_DataBlock(Answer):
    """ATR, response or block; answers IccPowerOn, XfrBlock and Secure."""

    bMessageType = MessageType.RDR_to_PC_DataBlock
    layout = Struct("<BBB")
    has_data = True
    bChainParameter: int = 0
    abData: bytes = b""


@dataclass(frozen=True, slots=True)
class RDR_to_PC_SlotStatus(Answer):
    """bClockStatus 0 running, 1 stopped low, 2 stopped high, 3 unknown."""

    bMessageType = MessageType.RDR_to_PC_SlotStatus
    layout = Struct("<BBB")
    bClockStatus: int = 0


@dataclass(frozen=True, slots=True)
class RDR_to_PC_Parameters(Answer):
    """The protocol and parameters in use."""

    bMessageType = MessageType.RDR_to_PC_Parameters
    layout = Struct("<BBB")
    has_data = True
    bProtocolNum: int = 0
    abProtocolDataStructure: bytes = b""


@dataclass(frozen=True, slots=True)
class RDR_to_PC_Escape(Answer):
    """The answer to a request defined by the manufacturer."""

    bMessageType = MessageType.RDR_to_PC_Escape
    layout = Struct("<BBx")
    has_data = True
    abData: bytes = b""


@dataclass(frozen=True, slots=True)
class RDR_to_PC_DataRateAndClockFrequency(Answer):
    """The data rate (bit/s) and clock (kHz) in use."""

    bMessageType = MessageType.RDR_to_PC_DataRateAndClockFrequency
    layout = Struct("<BBxII")
    dwClockFrequency: int = 0
    dwDataRate: int = 0


_BULK: tuple[type[Message], ...] = (
    PC_to_RDR_SetParameters,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_IccPowerOff,
    PC_to_RDR_GetSlotStatus,
    PC_to_RDR_Secure,
    PC_to_RDR_T0APDU,
    PC_to_RDR_Escape,
    PC_to_RDR_GetParameters,
    PC_to_RDR_ResetParameters,
    PC_to_RDR_IccClock,
    PC_to_RDR_XfrBlock,
    PC_to_RDR_Mechanical,
    PC_to_RDR_Abort,
    PC_to_RDR_SetDataRateAndClockFrequency,
    RDR_to_PC_DataBlock,
    RDR_to_PC_SlotStatus,
    RDR_to_PC_Parameters,
    RDR_to_PC_Escape,
    RDR_to_PC_DataRateAndClockFrequency,
)
BULK: dict[int, type[Message]] = {kind.bMessageType: kind for kind in _BULK}
"""The class of each bulk message, by bMessageType."""


def parse_bulk(raw: bytes) -> Message:
    """Read any bulk message, either way; ValueError names the offset where it goes wrong."""
    kind = BULK.get(raw[0]) if raw else None
    if kind is None:
        raise ValueError(f"offset 0: {raw[:1].hex() or 'nothing'} is no bMessageType")
    return kind.parse(raw)


# The interrupt pipe


@dataclass(frozen=True, slots=True)
class RDR_to_PC_NotifySlotChange:
    """Cards came or went: 2 bits for each slot, bit 0 present, bit 1 changed; slot 0 lowest."""

    bMessageType: ClassVar[MessageType] = MessageType.RDR_to_PC_NotifySlotChange
    bmSlotICCState: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the interrupt message; ValueError if it is not one."""
        if raw[:1] != bytes((cls.bMessageType,)) or len(raw) < 2:
            raise ValueError("offset 0: not RDR_to_PC_NotifySlotChange")
        return cls(raw[1:])

    def present(self, slot: int) -> bool:
        """True if there is a card in the slot."""
        return bool(self._bits(slot) & 1)

    def changed(self, slot: int) -> bool:
        """True if the slot's card came or went."""
        return bool(self._bits(slot) & 2)

    def _bits(self, slot: int) -> int:
        return int.from_bytes(self.bmSlotICCState, "little") >> 2 * slot

    def __bytes__(self) -> bytes:
        return bytes((self.bMessageType,)) + self.bmSlotICCState


@dataclass(frozen=True, slots=True)
class RDR_to_PC_HardwareError:
    """Something broke while bSeq was under way; bHardwareErrorCode 1 is overcurrent."""

    bMessageType: ClassVar[MessageType] = MessageType.RDR_to_PC_HardwareError
    bSlot: int
    bSeq: int
    bHardwareErrorCode: int

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the interrupt message; ValueError if it is not one."""
        if raw[:1] != bytes((cls.bMessageType,)) or len(raw) != 4:
            raise ValueError("offset 0: not RDR_to_PC_HardwareError")
        return cls(raw[1], raw[2], raw[3])

    def __bytes__(self) -> bytes:
        return bytes((self.bMessageType, self.bSlot, self.bSeq, self.bHardwareErrorCode))


def parse_interrupt(raw: bytes) -> RDR_to_PC_NotifySlotChange | RDR_to_PC_HardwareError:
    """Read any interrupt message; ValueError if it is none."""
    if raw[:1] == bytes((MessageType.RDR_to_PC_HardwareError,)):
        return RDR_to_PC_HardwareError.parse(raw)
    return RDR_to_PC_NotifySlotChange.parse(raw)
