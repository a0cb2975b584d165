"""Protocol parameters that reader and card have agreed on.

Spec: USB CCID 1.1, 6.1.7 and 6.2.3; ISO/IEC 7816-3, 8.3 (Fi, Di) and 10 to 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from vcard.atr.atr import Atr

from .descriptor import Descriptor, Features

FIELD_OFFSET = 0x0A
"""Offset of abProtocolDataStructure in PC_to_RDR_SetParameters."""

NO_ATR = b"\x3b\x00"
INVERSE = 0x3F
_RESERVED_FI, _RESERVED_DI = (7, 8, 14, 15), (0, 10, 11, 12, 13, 14, 15)


class WrongField(ValueError):  # noqa: N818 - not a fault of ours: the host is told the offset
    """A parameter is out of range; `offset` is the field's position in the message."""

    def __init__(self, index: int) -> None:
        self.offset = FIELD_OFFSET + index
        super().__init__(f"offset {self.offset}: a reserved value")


@dataclass(frozen=True, slots=True)
class T0Parameters:
    """abProtocolDataStructure for T=0, 5 bytes."""

    protocol: ClassVar[int] = 0
    size: ClassVar[int] = 5

    fi_di: int = 0x11
    tccks: int = 0x00
    guard_time: int = 0
    waiting_integer: int = 10
    clock_stop: int = 0

    def check(self) -> None:
        """WrongField if a value is reserved."""
        _check_common(self.fi_di, self.tccks & ~2, self.clock_stop)

    def __bytes__(self) -> bytes:
        times = (self.guard_time, self.waiting_integer)
        return bytes((self.fi_di, self.tccks, *times, self.clock_stop))


@dataclass(frozen=True, slots=True)
class T1Parameters:
    """abProtocolDataStructure for T=1, 7 bytes."""

    protocol: ClassVar[int] = 1
    size: ClassVar[int] = 7

    fi_di: int = 0x11
    tccks: int = 0x10
    guard_time: int = 0
    waiting_integers: int = 0x4D
    clock_stop: int = 0
    ifsc: int = 32
    nad: int = 0

    def check(self) -> None:
        """WrongField if a value is reserved."""
        _check_common(self.fi_di, (self.tccks & ~3) ^ 0x10, self.clock_stop)
        if self.ifsc in (0, 0xFF):
            raise WrongField(5)

    def __bytes__(self) -> bytes:
        times = (self.guard_time, self.waiting_integers)
        return bytes((self.fi_di, self.tccks, *times, self.clock_stop, self.ifsc, self.nad))


Parameters = T0Parameters | T1Parameters
KINDS: tuple[type[T0Parameters], type[T1Parameters]] = (T0Parameters, T1Parameters)


def _check_common(fi_di: int, reserved_tccks: int, clock_stop: int) -> None:
    if fi_di >> 4 in _RESERVED_FI or fi_di & 15 in _RESERVED_DI:
        raise WrongField(0)
    if reserved_tccks:
        raise WrongField(1)
    if clock_stop > 3:
        raise WrongField(4)


@lru_cache(maxsize=64)
def default_parameters(atr: bytes, protocol: int | None = None) -> Parameters:
    """Return the parameters that apply after a reset, from the ATR; F and D are still 372 and 1.

    `protocol` is 0 or 1; the default is the card's first protocol. Results are cached: nearly every
    ATR recurs, and a client sees a card only after its reset.
    """
    card = Atr.parse(atr or NO_ATR)
    protocol = card.protocol if protocol is None else protocol
    inverse = 2 if card.decoded[0] == INVERSE else 0
    if protocol != 1:
        return T0Parameters(
            tccks=inverse,
            guard_time=card.extra_guard_time,
            waiting_integer=card.wi,
            clock_stop=card.clock_stop,
        )
    return T1Parameters(
        tccks=0x10 | inverse | card.edc,
        guard_time=card.extra_guard_time,
        waiting_integers=card.bwi << 4 | card.cwi,
        clock_stop=card.clock_stop,
        ifsc=card.ifsc,
    )


def initial_parameters(atr: bytes, descriptor: Descriptor) -> Parameters:
    """Return the parameters that apply after a reset.

    With automatic negotiation they are those of a protocol that both support. Where the host
    negotiates, or if they share none, the card's first protocol applies.
    """
    if atr and descriptor.has(Features.AUTO_NEGOTIATION):
        common = (each for each in choices(atr) if descriptor.dwProtocols >> each & 1)
        return default_parameters(atr, next(common, None))
    return default_parameters(atr)


def choices(atr: bytes) -> tuple[int, ...]:
    """Return the protocols the card offers, with or without a PPS; both if it is off."""
    if not atr:
        return (0, 1)
    card = Atr.parse(atr)
    return card.protocols if card.specific is None else (card.protocol,)
