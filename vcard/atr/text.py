"""An ATR explained byte by byte.

Spec: ISO/IEC 7816-3:2006, 8; ETSI TS 102 221, 6.3.3 (what a UICC adds after T=15).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

from ..explanation import Line, bits, listed
from . import historical
from .atr import Atr
from .layout import Character, checksum
from .values import VALID_CLASSES, ClockStop, Edc, SpecificMode, VoltageClass

CLOCK_MHZ = 4.0
"""The clock of the examples; most readers have 3.58 to 4.8 MHz."""

_CLOCK_HZ = CLOCK_MHZ * 1e6

_PROTOCOLS = {
    0: "T=0 (characters)",
    1: "T=1 (blocks)",
    14: "T=14 (not by ISO)",
    15: "T=15 (global bytes)",
}
_UICC = {
    0x40: "Inter-Chip USB",
    0x20: "contactless interface (SWP)",
    0x10: "low impedance drivers",
    0x08: "secure channel",
    0x04: "secured APDUs required",
    0x02: "eUICC",
    0x01: "several logical interfaces (eSIM ports)",
}


Describe = Callable[[Atr, Character], str]


def explain(atr: Atr) -> list[Line]:
    """A line for each byte, for the historical ones by their parts, for all surplus bytes one.

    What is wrong is in `Atr.problems`.
    """
    end = len(atr.decoded) - len(atr.layout.surplus)
    characters = list(islice(atr.layout.characters(), end))
    interface = [c for c in characters if not _is_historical(c)]
    start = next((c.offset for c in characters if _is_historical(c)), 0)
    lines = [_line(atr, character) for character in interface]
    lines += historical.explain(atr.historical, start)
    lines += _surplus(atr.layout.surplus, end)
    return sorted(lines, key=lambda line: line.offset)


def _is_historical(character: Character) -> bool:
    return character.name[1:].isdigit() and character.name != "T0"


def _surplus(raw: bytes, offset: int) -> list[Line]:
    if not raw:
        return []
    plural = "" if len(raw) == 1 else "s"
    return [Line(offset, raw, "surplus", f"{len(raw)} byte{plural} after the end")]


def protocol_name(protocol: int) -> str:
    """A transmission protocol in words."""
    return _PROTOCOLS.get(protocol, f"T={protocol} (reserved)")


def _line(atr: Atr, character: Character) -> Line:
    text = _describer(character)(atr, character)
    return Line(character.offset, bytes((character.value,)), character.name, text)


def _describer(character: Character) -> Describe:
    if character.letter == "D":
        return _td
    if character.name in _FIXED:
        return _FIXED[character.name]
    found = _SPECIFIC.get((character.protocol, character.letter))
    return found if found is not None and character.number > 2 else _unknown


def _unknown(_: Atr, character: Character) -> str:
    return f"no meaning for T={character.protocol}"


def _ts(_: Atr, character: Character) -> str:
    known = {0x3B: "direct convention", 0x3F: "inverse convention"}
    return known.get(character.value, "neither direct nor inverse convention")


def _t0(_: Atr, character: Character) -> str:
    count = character.value & 0x0F
    plural = "" if count == 1 else "s"
    return f"{_follow(character.value, 1)}; {count} historical byte{plural}"


def _td(_: Atr, character: Character) -> str:
    follow = _follow(character.value, character.number + 1)
    return f"{protocol_name(character.value & 0x0F)}; {follow}"


def _follow(value: int, number: int) -> str:
    names = [f"T{letter}{number}" for i, letter in enumerate("ABCD") if value & 0x10 << i]
    if not names:
        return "no more interface bytes"
    return f"{listed(names)} follow{'s' if len(names) == 1 else ''}"


def _ta1(atr: Atr, _: Character) -> str:
    if atr.fi is None or atr.di is None:
        return f"Fi {_or_reserved(atr.fi)}, Di {_or_reserved(atr.di)}"
    rate = round(_CLOCK_HZ * atr.di / atr.fi)
    return (
        f"Fi {atr.fi}, Di {atr.di}, f(max) {atr.fmax_mhz:g} MHz: "
        f"{atr.fi / atr.di:g} clock cycles per etu, {rate} bit/s at {CLOCK_MHZ:g} MHz"
    )


def _or_reserved(value: int | None) -> str:
    return "reserved" if value is None else str(value)


def _tb1(_: Atr, character: Character) -> str:
    if not character.value:
        return "no programming voltage (deprecated)"
    milliamperes = {0: "25 mA", 1: "50 mA", 2: "100 mA"}.get(character.value >> 5 & 3, "reserved")
    volts = character.value & 0x1F
    return f"programming voltage PI1 {volts} V, II {milliamperes} (deprecated)"


def _tb2(_: Atr, character: Character) -> str:
    return f"programming voltage PI2 {character.value / 10:g} V (deprecated)"


def _tc1(atr: Atr, _: Character) -> str:
    n = atr.extra_guard_time
    if n == 255:
        return "N 255: the shortest guard time, 12 etu with T=0 and 11 etu with T=1"
    return f"N {n}: a guard time of {12 + n} etu to the card"


def _ta2(_: Atr, character: Character) -> str:
    mode = SpecificMode.parse(character.value)
    change = "can" if mode.changeable else "cannot"
    speed = "F and D known otherwise" if mode.implicit else "F and D of TA1"
    return f"specific mode: {protocol_name(mode.protocol)}, {speed}; {change} change its mode"


def _tc2(atr: Atr, _: Character) -> str:
    if not atr.wi:
        return "WI 0, reserved"
    return f"WI {atr.wi}: waits {_time(atr.waiting_time_s(_CLOCK_HZ))} at {CLOCK_MHZ:g} MHz"


def _ifsc(_: Atr, character: Character) -> str:
    reserved = ", reserved" if character.value in (0, 255) else ""
    return f"IFSC {character.value}{reserved}: longest information field of a block to the card"


def _waiting(atr: Atr, character: Character) -> str:
    bwi, cwi = character.value >> 4, character.value & 0x0F
    if bwi > 9:
        return f"BWI {bwi} (reserved), CWI {cwi}"
    bwt, cwt = atr.block_waiting_time_s(_CLOCK_HZ), atr.character_waiting_time_s(_CLOCK_HZ)
    return f"BWI {bwi}, CWI {cwi}: waits {_time(bwt)} for a block, {_time(cwt)} for a character"


def _time(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _edc(_: Atr, character: Character) -> str:
    return f"error detection by {Edc(character.value & 1).name}"


_CLOCK_STOP = {
    ClockStop.NOT_SUPPORTED: "clock stop not supported",
    ClockStop.STATE_L: "clock stop in state L",
    ClockStop.STATE_H: "clock stop in state H",
    ClockStop.NO_PREFERENCE: "clock stop in either state",
}


def _conditions(_: Atr, character: Character) -> str:
    indicator = character.value & 0x3F
    known = indicator in VALID_CLASSES
    classes = VoltageClass(indicator).volts if known else f"class indicator {indicator}, reserved"
    return f"{_CLOCK_STOP[ClockStop(character.value >> 6)]}; {classes}"


def _uicc(_: Atr, character: Character) -> str:
    if not character.value:
        return "contact C6 not used, nothing more on the interface"
    if not character.value & 0x80:
        return f"standard use of contact C6: {character.value:02X}"
    return f"UICC: {listed(bits(character.value, _UICC), 'no more functions')}"


def _tck(atr: Atr, character: Character) -> str:
    if not atr.layout.tck_needed:
        return "not wanted where only T=0 is offered"
    right = checksum(atr.decoded[1 : character.offset])
    if right == character.value:
        return "right"
    return f"wrong, {right:02X} would be right"


_FIXED: Mapping[str, Describe] = {
    "TS": _ts, "T0": _t0, "TA1": _ta1, "TB1": _tb1, "TC1": _tc1,
    "TA2": _ta2, "TB2": _tb2, "TC2": _tc2, "TCK": _tck,
}  # fmt: skip
_SPECIFIC: Mapping[tuple[int | None, str], Describe] = {
    (1, "A"): _ifsc,
    (1, "B"): _waiting,
    (1, "C"): _edc,
    (15, "A"): _conditions,
    (15, "B"): _uicc,
}
