"""Values that a host driver derives from an ATR: speed, PPS, parameters, waiting times.

Nothing is sent here. The rules are those of libccid, peculiarities included: it takes the first TBi
and TCi with i > 2 of any protocol.

Spec: ISO/IEC 7816-3:2006, 8, 9 (PPS), 10.2, 11.4; USB CCID 1.1, 6.1.7 (SetParameters).
"""

from __future__ import annotations

from vcard.atr.atr import Atr
from vcard.atr.layout import Convention, Layout
from vcard.atr.values import DEFAULT_TA1, DI, FI

from ..ifdh.api import ScardProtocol
from .known_reader import KnownReader
from .link import DEFAULT_TIMEOUT_S

_LONGEST_GUESS_S = 60.0
_FASTEST_TO_LOWER, _SLOWEST_TO_TRY = 0x97, 0x94

_BOGUS_OPENPGP = bytes.fromhex("3BFA1300FF813180450031C173C00100009000B1")
"""A card that needs more time to make keys than it announces; drivers know it."""


def malformed(atr: Atr) -> bool:
    """True if interface or historical bytes are missing, or a TCK after a last TD but T=0."""
    layout = atr.layout
    no_tck = layout.tck_needed and layout.tck is None
    return layout.missing > no_tck or (no_tck and layout.announced[-1] != 0)


def default_protocol(atr: Atr) -> int:
    """The T that is used without PPS: TA2's, else that of the first TD."""
    ta2 = atr.layout.group(2).ta
    return atr.layout.announced[0] if ta2 is None else ta2 & 0x0F


def uses_crc(atr: Atr) -> bool:
    """True if T=1 blocks end with a CRC."""
    return _third(atr.layout, "tc") == 1


def ifsc(atr: Atr) -> int | None:
    """The card's IFSC, at most 254; None if the ATR names none (or 0)."""
    value = atr.layout.first_value(1, "A")
    return min(value, 254) if value else None


# Speed


def pps1(atr: Atr, reader: KnownReader) -> int | None:
    """The TA1 value that a PPS should ask for; None to stay at the default speed.

    ValueError if the card insists on a speed (TA2) that the reader lacks.
    """
    ta1 = atr.layout.group(1).ta
    if ta1 is None:
        return None
    descriptor = reader.model.descriptor
    speed = _speed(ta1, descriptor.dwDefaultClock)
    if _speed(DEFAULT_TA1, descriptor.dwDefaultClock) < speed <= reader.max_data_rate:
        if _listed(speed, reader):
            return ta1
        if atr.layout.group(2).ta is not None:
            raise ValueError(f"the card insists on {speed} bit/s")
        return None
    if speed > reader.max_data_rate + 2 and ta1 <= _FASTEST_TO_LOWER:
        return _lowered(ta1, reader)
    return None


def _lowered(ta1: int, reader: KnownReader) -> int | None:
    """The next slower TA1 that the reader has."""
    descriptor = reader.model.descriptor
    for slower in range(ta1 - 1, _SLOWEST_TO_TRY - 1, -1):
        speed = _speed(slower, descriptor.dwDefaultClock)
        if reader.data_rates:
            if _listed(speed, reader):
                return slower
        elif speed <= reader.max_data_rate:
            return slower
    return None


def _speed(ta1: int, clock_khz: int) -> int:
    """Bit/s at the reader's clock; a reserved TA1 counts as 11."""
    f, d = _fi_di(ta1)
    return int(1000 * clock_khz * d / f) if f and d else int(1000 * clock_khz / 372)


def _fi_di(ta1: int) -> tuple[int, int]:
    """Fi and Di of a TA1, 0 for a reserved one."""
    fi, _ = FI.get(ta1 >> 4, (0, 0.0))
    return fi, DI.get(ta1 & 0x0F, 0)


def _listed(speed: int, reader: KnownReader) -> bool:
    rates = reader.data_rates
    return not rates or any(abs(speed - rate) < 2 for rate in rates)


def pps_request(protocol: int, fidi: int | None) -> bytes:
    """PPSS, PPS0, PPS1 if `fidi` is given, PCK; `protocol` is T."""
    from vcard.transmission.pps import Pps  # only where a reader negotiates nothing itself

    return bytes(Pps(protocol, fidi))


def pps_accepted(request: bytes, confirm: bytes) -> bool:
    """Whether a card's PPS answer is acceptable.

    The same length must be the same bytes; a shorter one may not name another PPS1.
    """
    if len(confirm) >= len(request):
        return confirm == request
    has_pps1 = len(confirm) > 2 and bool(confirm[1] & 0x10)
    return not (has_pps1 and confirm[2] != request[2])


# SetParameters


def parameters(atr: Atr, protocol: int, fidi: int | None) -> bytes:
    """abProtocolDataStructure: 5 bytes for T=0, 7 for T=1 (`protocol`: a `ScardProtocol`)."""
    layout = atr.layout
    first = DEFAULT_TA1 if fidi is None else fidi
    inverse = 0x02 if layout.ts == Convention.INVERSE else 0
    guard = layout.group(1).tc or 0
    if protocol == ScardProtocol.T0:
        wi = layout.group(2).tc
        return bytes((first, inverse, guard, 0x0A if wi is None else wi, 0))
    checks = 0x10 | inverse | uses_crc(atr)
    return bytes((first, checks, guard, _waiting(atr), 0, ifsc(atr) or 0x20, 0))


def _waiting(atr: Atr) -> int:
    """BWI and CWI."""
    if atr.raw == _BOGUS_OPENPGP:
        return 0x75
    value = _third(atr.layout, "tb")
    return 0x4D if value is None else value


def timeout_s(atr: Atr, protocol: int, data: bytes, clock_khz: int) -> float:
    """Return how long an APDU may take with the parameters `data`, in seconds."""
    ta1 = atr.layout.group(1).ta
    ta1 = DEFAULT_TA1 if ta1 is None else ta1
    f, d = _fi_di(ta1)
    if not (f and d and clock_khz):
        return _LONGEST_GUESS_S
    etu_ms = f / d / clock_khz
    character_ms = etu_ms * (12 + data[2])
    if protocol == ScardProtocol.T0:
        return _t0_timeout_ms(character_ms, 960 * data[3] * f / clock_khz) / 1000
    bwi, cwi = data[3] >> 4, data[3] & 0x0F
    block_ms = 11 * etu_ms + (1 << bwi) * 960 * 372 // clock_khz
    return int(260 * character_ms + block_ms + 260 * (11 + (1 << cwi)) * etu_ms + 1000) / 1000


def _t0_timeout_ms(character_ms: float, waiting_ms: float) -> int:
    """The longer of a whole command (261 characters) and a whole response."""
    command = int(261 * character_ms + 6 * waiting_ms)
    response = int(5 * character_ms + 260 * waiting_ms)
    return max(int(DEFAULT_TIMEOUT_S * 1000), command, response)


def _third(layout: Layout, name: str) -> int | None:
    """The first TAi, TBi or TCi with i > 2, for any protocol."""
    values: list[int | None] = [getattr(group, name) for group in layout.groups[2:]]
    return next((value for value in values if value is not None), None)
