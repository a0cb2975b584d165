"""Requests on the control pipe: the setup packet and its values.

Spec: USB 2.0, 9.3 and 9.4 (setup packets, standard requests); USB CCID 1.1, 5.3 (class requests).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

_SETUP = Struct("<BBHHH")
TYPE_MASK, STANDARD, CLASS = 0x60, 0x00, 0x20
RECIPIENT_MASK = 0x1F
IN = 0x80
"""Bit 7 of bmRequestType and of an endpoint address: towards the host."""
ENDPOINT_HALT = 0
"""The one feature selector of an endpoint. Spec: USB 2.0, table 9-6."""


class Recipient(IntEnum):
    """Bits 4..0 of bmRequestType. Spec: USB 2.0, table 9-2."""

    DEVICE = 0
    INTERFACE = 1
    ENDPOINT = 2


class StandardRequest(IntEnum):
    """bRequest of a standard request. Spec: USB 2.0, table 9-4."""

    GET_STATUS = 0
    CLEAR_FEATURE = 1
    SET_FEATURE = 3
    SET_ADDRESS = 5
    GET_DESCRIPTOR = 6
    GET_CONFIGURATION = 8
    SET_CONFIGURATION = 9
    GET_INTERFACE = 10
    SET_INTERFACE = 11


class ClassRequest(IntEnum):
    """bRequest of a class request to the interface. Spec: USB CCID 1.1, 5.3."""

    ABORT = 1
    GET_CLOCK_FREQUENCIES = 2
    GET_DATA_RATES = 3


@dataclass(frozen=True, slots=True)
class Setup:
    """The eight bytes that begin a control transfer. Spec: USB 2.0, 9.3."""

    bmRequestType: int
    bRequest: int
    wValue: int = 0
    wIndex: int = 0
    wLength: int = 0

    @classmethod
    def parse(cls, raw: bytes) -> Setup:
        """Read a setup packet; ValueError if it has not 8 bytes."""
        if len(raw) != _SETUP.size:
            raise ValueError(f"offset 0: a setup packet has 8 bytes, not {len(raw)}")
        return cls(*_SETUP.unpack(raw))

    def __bytes__(self) -> bytes:
        return _SETUP.pack(
            self.bmRequestType, self.bRequest, self.wValue, self.wIndex, self.wLength
        )

    @property
    def kind(self) -> int:
        """Standard, class or vendor: bits 6 and 5 of bmRequestType."""
        return self.bmRequestType & TYPE_MASK

    @property
    def recipient(self) -> int:
        """The recipient of the request."""
        return self.bmRequestType & RECIPIENT_MASK

    @property
    def reads(self) -> bool:
        """True if the data stage goes to the host."""
        return bool(self.bmRequestType & IN)
