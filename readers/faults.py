"""A reader that fails on purpose: at chosen messages of its host.

    reader.faults = ReaderFaults(
        ReaderFault(Effect.SILENT, count=Count(first=5, limit=1)),
        ReaderFault(Effect.ERROR, kinds=CONTROL),
    )

Spec: USB CCID 1.1, 6.1 (messages), 6.2.6 (errors).
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from enum import Enum

from vcard.doubles.trigger import Count

from .ccid.codes import SEQUENCE, SLOT, Error, MessageType
from .commands.table import RULES, UNKNOWN
from .reader import CcidReader

CONTROL = frozenset({MessageType.PC_to_RDR_Escape, MessageType.PC_to_RDR_Secure})
"""The messages that SCardControl makes."""


class Effect(Enum):
    """The effect of a fault: what the reader does instead."""

    SILENT = "silent"
    """No answer is sent."""
    ERROR = "error"
    """The command fails."""
    RESET = "reset"
    """The bus resets the device: cards lose their power, then the message is taken."""


@dataclass(slots=True)
class ReaderFault:
    """One fault: at messages of these kinds (None: any), as often as `count` says."""

    effect: Effect
    kinds: Set[int] | None = None
    error: int = Error.HW_ERROR
    count: Count = field(default_factory=Count)

    def strikes(self, kind: int) -> bool:
        """Count a message of its kinds; True if it strikes."""
        return (self.kinds is None or kind in self.kinds) and self.count.strikes()


class ReaderFaults:
    """The faults of a reader; `on_strike` is called with the slot and what happened."""

    def __init__(
        self, *faults: ReaderFault, on_strike: Callable[[int, str], None] | None = None
    ) -> None:
        self.faults = faults
        self._on_strike = on_strike

    def strike(self, reader: CcidReader, header: bytes) -> bool:
        """See Disturbance: the first fault that strikes at a message keeps it, but for a reset."""
        kind, slot = header[0] if header else 0, header[SLOT] if len(header) > SLOT else 0
        fault = next((one for one in self.faults if one.strikes(kind)), None)
        if fault is None:
            return False
        if self._on_strike is not None:
            self._on_strike(slot, f"reader: {fault.effect.value}")
        if fault.effect is Effect.RESET:
            reader.reset()
        elif fault.effect is Effect.ERROR:
            seq = header[SEQUENCE] if len(header) > SEQUENCE else 0
            reader.refuse(RULES.get(kind, UNKNOWN), slot, seq, fault.error)
        return fault.effect is not Effect.RESET
