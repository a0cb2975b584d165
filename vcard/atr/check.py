"""Find violations of the standard in an ATR, without repairing any.

Spec: ISO/IEC 7816-3:2006, 8 and 11.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .layout import MAX_LENGTH, Character, Convention, Layout, checksum
from .values import DI, FI, VALID_CLASSES, Problem


def check(raw: bytes, layout: Layout) -> Iterator[Problem]:
    """List all violations in the order of the bytes; `raw` is in the convention that TS names."""
    if layout.ts not in tuple(Convention):
        yield Problem(0, f"TS is {layout.ts:02X}, not 3B (direct) or 3F (inverse convention)")
    for character in layout.characters():
        for text in _check_character(character, layout):
            yield Problem(character.offset, text)
    if layout.missing:
        yield Problem(len(raw), f"cut short, {layout.missing} announced bytes are missing")
    yield from _check_end(raw, layout)


def _check_end(raw: bytes, layout: Layout) -> Iterator[Problem]:
    if layout.tck is not None:
        offset = len(raw) - len(layout.surplus) - 1
        right = checksum(raw[1:offset])
        if not layout.tck_needed:
            yield Problem(offset, "only T=0 is offered, so there is no TCK")
        elif layout.tck != right:
            yield Problem(offset, f"TCK is {layout.tck:02X}, {right:02X} would be right")
    if layout.surplus:
        yield Problem(len(raw) - len(layout.surplus), f"{len(layout.surplus)} bytes too many")
    if len(raw) > MAX_LENGTH:
        yield Problem(MAX_LENGTH, f"longer than {MAX_LENGTH} bytes")


def _check_character(character: Character, layout: Layout) -> Iterator[str]:
    name, letter, number = character.name, character.letter, character.number
    if name in _GLOBAL:
        yield from _GLOBAL[name](character.value, layout)
    if letter == "D":
        yield from _check_td(character, layout)
    elif number > 2:
        if layout.first(character.protocol or 0, letter) == character:
            yield from _SPECIFIC[letter](character)
        elif character.protocol == 1:
            yield f"{name} is a second T{letter} for T=1, which is reserved"


def _check_ta1(value: int, _: Layout) -> Iterator[str]:
    if value >> 4 not in FI:
        yield f"Fi {value >> 4:X} is reserved"
    if value & 0x0F not in DI:
        yield f"Di {value & 0x0F:X} is reserved"


def _check_ta2(value: int, layout: Layout) -> Iterator[str]:
    if value & 0x60:
        yield "reserved bits of TA2 are set"
    if value & 0x0F not in layout.announced:
        yield f"the specific mode is T={value & 0x0F}, which is not offered"


def _check_tc2(value: int, layout: Layout) -> Iterator[str]:
    if value == 0:
        yield "WI 0 is reserved"
    if 0 not in layout.announced:
        yield "TC2 is for T=0, which is not offered"


def _check_td(character: Character, layout: Layout) -> Iterator[str]:
    protocol, number = character.value & 0x0F, character.number
    before = layout.announced[: number - 1]
    if 1 < protocol < 14:
        yield f"T={protocol} is reserved"
    if number == 1 and protocol == 15:
        yield "T=15 is no protocol and cannot be announced first"
    if before and protocol < max(before):
        yield f"T={protocol} after T={max(before)}: protocols are in ascending order"
    elif protocol == 0 and before:
        yield "T=0 is announced again"


def _check_ta(character: Character) -> Iterator[str]:
    if character.protocol == 1 and character.value in (0x00, 0xFF):
        yield f"IFSC {character.value} is reserved"
    if character.protocol == 15 and character.value & 0x3F not in VALID_CLASSES:
        yield f"class indicator {character.value & 0x3F} is reserved"


def _check_tb(character: Character) -> Iterator[str]:
    if character.protocol == 1 and character.value >> 4 > 9:
        yield f"BWI {character.value >> 4} is reserved"


def _check_tc(character: Character) -> Iterator[str]:
    if character.protocol == 1 and character.value & 0xFE:
        yield "reserved bits of the error detection code's byte are set"


_GLOBAL: Mapping[str, Callable[[int, Layout], Iterator[str]]] = {
    "TA1": _check_ta1,
    "TA2": _check_ta2,
    "TC2": _check_tc2,
}
_SPECIFIC: Mapping[str, Callable[[Character], Iterator[str]]] = {
    "A": _check_ta,
    "B": _check_tb,
    "C": _check_tc,
}
