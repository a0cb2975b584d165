"""Protocol and parameters selection (PPS), before the first command.

Spec: ISO/IEC 7816-3, 9 (PPS), ETSI TS 102 221, 6.4 (PPS2 tells that the terminal uses LSIs).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..atr.atr import Atr
from ..atr.values import DEFAULT_TA1
from ..exclusive_or import exclusive_or

PPSS = 0xFF
_EUICC_LSI = 0x81  # b8: UICC-terminal functions told here, b1: logical interfaces


@dataclass(frozen=True, slots=True)
class Pps:
    """A PPS request or response: the protocol and up to three parameter bytes."""

    protocol: int
    pps1: int | None = None
    pps2: int | None = None
    pps3: int | None = None

    @classmethod
    def parse(cls, raw: bytes) -> Pps:
        """Read PPSS PPS0 [PPS1] [PPS2] [PPS3] PCK; ValueError names the offset."""
        if len(raw) < 3 or raw[0] != PPSS:
            raise ValueError("offset 0: a PPS has FF, PPS0 and PCK at least")
        flags = raw[1] >> 4
        if flags & 8:
            raise ValueError("offset 1: the reserved bit of PPS0 is set")
        size = 3 + flags.bit_count()
        if len(raw) != size:
            raise ValueError(f"offset 1: PPS0 announces {size} bytes, not {len(raw)}")
        if exclusive_or(raw):
            raise ValueError(f"offset {size - 1}: PCK is wrong")
        rest = iter(raw[2:-1])
        values = [next(rest) if flags & bit else None for bit in (1, 2, 4)]
        return cls(raw[1] & 0x0F, *values)

    def __bytes__(self) -> bytes:
        values = (self.pps1, self.pps2, self.pps3)
        flags = sum(1 << i for i, value in enumerate(values) if value is not None)
        raw = bytes((PPSS, flags << 4 | self.protocol, *(v for v in values if v is not None)))
        return raw + bytes((exclusive_or(raw),))


def respond(request: Pps, atr: Atr) -> Pps | None:
    """Return the response of a card with this ATR, or None where it stays mute.

    PPS1 is agreed to if it is the card's own Fi and a Di that is not faster, or the default; if
    it is left out of the answer, the default parameters stay.
    """
    if atr.specific is not None or request.protocol not in atr.protocols:
        return None
    pps1 = request.pps1 if request.pps1 in _speeds(atr) else None
    lsi = atr.uicc is not None and atr.uicc & _EUICC_LSI == _EUICC_LSI
    return Pps(request.protocol, pps1, request.pps2 if lsi else None)


def _speeds(atr: Atr) -> set[int]:
    high, low = atr.ta1 & 0xF0, atr.ta1 & 0x0F
    return {DEFAULT_TA1, *(high | code for code in range(1, low + 1))}
