"""The endpoints of a reader's interface.

Spec: USB 2.0, 9.6.6 (endpoint descriptor); USB CCID 1.1, 4.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

IN = 0x80
"""Bit 7 of an endpoint address: towards the host."""


class TransferType(IntEnum):
    """Bits 1..0 of bmAttributes. Spec: USB 2.0, table 9-13."""

    CONTROL = 0
    ISOCHRONOUS = 1
    BULK = 2
    INTERRUPT = 3


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: bEndpointAddress, kind, wMaxPacketSize in bytes, bInterval."""

    address: int
    kind: TransferType = TransferType.BULK
    packet_size: int = 64
    interval: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.address & 0x7F < 16:
            raise ValueError(f"an endpoint has a number of 1..15, not {self.address:#04x}")
        if not 0 < self.packet_size <= 1024:
            raise ValueError(f"an endpoint's packets have 1..1024 bytes, not {self.packet_size}")
        if not 0 <= self.interval <= 0xFF:
            raise ValueError(f"bInterval is 0..255, not {self.interval}")

    @property
    def reads(self) -> bool:
        """True if it sends to the host."""
        return bool(self.address & IN)


BULK_OUT = Endpoint(0x01)
BULK_IN = Endpoint(0x82)
INTERRUPT_IN = Endpoint(0x83, TransferType.INTERRUPT, 8, 24)
STANDARD = (BULK_OUT, BULK_IN, INTERRUPT_IN)
"""The three endpoints of a CCID at full speed."""
