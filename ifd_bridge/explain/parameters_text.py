"""The data of CCID messages about a slot's parameters: the protocol's, clock and data rate.

Spec: USB CCID 1.1, 6.1.7 and 6.2.3 (abProtocolDataStructure), 6.1.14 and 6.2.5 (rates).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from readers.ccid.codes import HEADER_SIZE, MessageType
from readers.ccid.parameters import T0Parameters, T1Parameters
from vcard.atr.values import DI, FI
from vcard.explanation import Line

Field = tuple[str, int, Callable[[int], str]]

CLOCK_STOP = ("not allowed", "in state L", "in state H", "in either state")


def _speed(value: int) -> str:
    fi, di = FI.get(value >> 4), DI.get(value & 0x0F)
    return f"F {fi[0] if fi else 'reserved'}, D {di or 'reserved'}"


def _convention(value: int) -> str:
    return "inverse convention" if value & 2 else "direct convention"


def _convention_and_checksum(value: int) -> str:
    return f"{_convention(value)}, {'CRC' if value & 1 else 'LRC'}"


def _guard_time(value: int) -> str:
    return "no more than the least" if value == 0xFF else f"{value} etu more"


def _waiting_integers(value: int) -> str:
    return f"BWI {value >> 4}, CWI {value & 0x0F}"


def _clock_stop(value: int) -> str:
    return CLOCK_STOP[value] if value < len(CLOCK_STOP) else "reserved"


def _kilohertz(value: int) -> str:
    return f"{value} kHz"


T0: tuple[Field, ...] = (
    ("bmFindexDindex", 1, _speed),
    ("bmTCCKST0", 1, _convention),
    ("bGuardTimeT0", 1, _guard_time),
    ("bWaitingIntegerT0", 1, str),
    ("bClockStop", 1, _clock_stop),
)
T1: tuple[Field, ...] = (
    ("bmFindexDindex", 1, _speed),
    ("bmTCCKST1", 1, _convention_and_checksum),
    ("bGuardTimeT1", 1, _guard_time),
    ("bmWaitingIntegersT1", 1, _waiting_integers),
    ("bClockStop", 1, _clock_stop),
    ("bIFSC", 1, str),
    ("bNadValue", 1, "{:02X}".format),
)
RATES: tuple[Field, ...] = (
    ("dwClockFrequency", 4, _kilohertz),
    ("dwDataRate", 4, "{} bit/s".format),
)
_PROTOCOLS: Mapping[int, tuple[Field, ...]] = {T0Parameters.size: T0, T1Parameters.size: T1}
_RATES: Mapping[int, tuple[Field, ...]] = {8: RATES}
LAYOUTS: Mapping[int, Mapping[int, tuple[Field, ...]]] = {
    MessageType.PC_to_RDR_SetParameters: _PROTOCOLS,
    MessageType.RDR_to_PC_Parameters: _PROTOCOLS,
    MessageType.PC_to_RDR_SetDataRateAndClockFrequency: _RATES,
    MessageType.RDR_to_PC_DataRateAndClockFrequency: _RATES,
}
"""The fields in the data of a message, by its type and the length of the data."""


def fields(data: bytes, kind: int) -> Iterator[Line]:
    """Explain the data of a message of a kind; nothing of another kind or length."""
    at = 0
    for name, size, text in LAYOUTS.get(kind, {}).get(len(data), ()):
        raw = data[at : at + size]
        yield Line(HEADER_SIZE + at, raw, name, text(int.from_bytes(raw, "little")), 1)
        at += size
