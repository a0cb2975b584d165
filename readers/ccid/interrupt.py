"""CCID messages on the interrupt pipe, with the standard's own names.

Spec: USB CCID 1.1, 6.3 (interrupt-IN).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from .codes import MessageType


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
