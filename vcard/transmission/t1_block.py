"""The block of T=1: its bytes, its kinds and its error detection code.

Both ends use it: t1_card and t1_host.
Spec: ISO/IEC 7816-3, 11.3.2 (prologue: NAD, PCB, LEN), 11.3.4 (epilogue), 11.4.4 (EDC).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from ..atr.values import Edc
from ..crc import crc16
from ..exclusive_or import exclusive_or

MAX_INF = 254
PROLOGUE = 3


class Kind(Enum):
    """The kind of a block: the two upper bits of PCB."""

    I = "I"  # noqa: E741 - the standard's name
    R = "R"
    S = "S"


class Complaint(IntEnum):
    """The lower four bits of an R-block's PCB: the reason for the repetition."""

    NONE = 0
    EDC_OR_PARITY = 1
    OTHER = 2


class Supervision(IntEnum):
    """The function of an S-block, without the bit that makes it a response."""

    RESYNCH = 0
    IFS = 1
    ABORT = 2
    WTX = 3


def edc_of(raw: bytes, edc: Edc) -> bytes:
    """The error detection code over a block's prologue and information field: 1 or 2 bytes.

    Spec: ISO/IEC 7816-3, 11.4.4 (LRC: exclusive-or; CRC: ISO/IEC 13239, high byte first).
    """
    if edc is Edc.LRC:
        return bytes((exclusive_or(raw),))
    return crc16(raw).to_bytes(2, "big")


def epilogue(edc: Edc) -> int:
    """The length of the error detection code in bytes."""
    return 2 if edc is Edc.CRC else 1


def swap(nad: int) -> int:
    """Swap source and destination of a NAD, for the answer."""
    return nad >> 4 | (nad & 0x0F) << 4


def nad_is_valid(nad: int) -> bool:
    """True if the bits for VPP are 0 and source and destination differ, or for NAD 00."""
    return nad == 0 or (nad & 0x88 == 0 and nad >> 4 != nad & 0x0F)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of T=1: node address, control byte and 0..254 bytes of information."""

    nad: int
    pcb: int
    inf: bytes = b""
    edc: Edc = Edc.LRC

    @classmethod
    def parse(cls, raw: bytes, edc: Edc = Edc.LRC) -> Block:
        """Read a block; ValueError for a wrong length or a wrong EDC."""
        end = len(raw) - epilogue(edc)
        if end < PROLOGUE:
            raise ValueError(f"offset {len(raw)}: a block has a prologue and an epilogue")
        if raw[2] > MAX_INF or end != PROLOGUE + raw[2]:
            raise ValueError(f"offset 2: LEN is {raw[2]}, but {end - PROLOGUE} bytes follow")
        if edc_of(raw[:end], edc) != raw[end:]:
            raise ValueError(f"offset {end}: the {edc.name} is wrong")
        return cls(raw[0], raw[1], raw[PROLOGUE:end], edc)

    def __bytes__(self) -> bytes:
        raw = bytes((self.nad, self.pcb, len(self.inf))) + self.inf
        return raw + edc_of(raw, self.edc)

    @property
    def kind(self) -> Kind:
        """I, R or S."""
        return _KINDS[self.pcb >> 6]

    @property
    def sequence(self) -> int:
        """N(S) of an I-block, N(R) of an R-block."""
        return self.pcb >> 6 if self.pcb < 0x80 else self.pcb >> 4 & 1

    @property
    def more(self) -> bool:
        """The M bit of an I-block: another block of the chain follows."""
        return bool(self.pcb & 0x20)

    @property
    def is_response(self) -> bool:
        """For an S-block: whether it answers a request."""
        return bool(self.pcb & 0x20)

    @property
    def well_coded(self) -> bool:
        """True if the bits of PCB that are reserved are 0 and LEN fits the kind.

        Spec: ISO/IEC 7816-3, 11.3.2.2.
        """
        sizes = _GOOD.get(self.pcb)
        return sizes is not None and len(self.inf) in sizes


_KINDS = (Kind.I, Kind.I, Kind.R, Kind.S)
_GOOD: dict[int, range] = {
    **dict.fromkeys((0x00, 0x20, 0x40, 0x60), range(MAX_INF + 1)),
    **{0x80 | nr << 4 | why: range(1) for nr in (0, 1) for why in Complaint},
    **{way | what: range(what & 1, (what & 1) + 1) for way in (0xC0, 0xE0) for what in Supervision},
}
"""Every good PCB, and how long the information field may be with it: IFS and WTX carry a byte."""


def i_block(nad: int, ns: int, inf: bytes, *, more: bool = False, edc: Edc = Edc.LRC) -> Block:
    """Make an I-block: a part of an APDU."""
    return Block(nad, ns << 6 | more << 5, inf, edc)


def r_block(nad: int, nr: int, complaint: Complaint, edc: Edc = Edc.LRC) -> Block:
    """Make an R-block that asks for the I-block with N(S) `nr`."""
    return Block(nad, 0x80 | nr << 4 | complaint, b"", edc)


def s_request(nad: int, what: Supervision, inf: bytes = b"", edc: Edc = Edc.LRC) -> Block:
    """Make an S-block that is a request."""
    return Block(nad, 0xC0 | what, inf, edc)


def s_response(nad: int, what: Supervision, inf: bytes = b"", edc: Edc = Edc.LRC) -> Block:
    """Make an S-block that is a response."""
    return Block(nad, 0xE0 | what, inf, edc)
