"""The historical bytes of an ATR, explained.

Spec: ISO/IEC 7816-4:2020, 12.2.1 (historical bytes), 12.2.2 (card capabilities and the others).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..explanation import Line, bits, listed
from ..sw import SW
from . import storage_card


def explain(raw: bytes, offset: int = 0) -> list[Line]:
    """A line for the category and one for each part; `offset` is where `raw` begins.

    What does not follow the standard is shown as bytes.
    """
    if not raw:
        return []
    if storage_card.is_storage_card(raw):
        return storage_card.explain(raw, offset)
    category = raw[0]
    lines = [Line(offset, raw[:1], "category", _category(category))]
    if category in (0x00, 0x80):
        status = min(3, len(raw) - 1) if category == 0x00 else 0
        end = len(raw) - status
        lines += _compact(raw[1:end], offset + 1)
        if status:
            lines.append(Line(offset + end, raw[end:], "status", _status(raw[end:]), 1))
    elif category == 0x10 and len(raw) > 1:
        lines.append(Line(offset + 1, raw[1:], "DIR data reference", printable(raw[1:]), 1))
    elif len(raw) > 1:
        lines.append(Line(offset + 1, raw[1:], "proprietary", printable(raw[1:]), 1))
    return lines


def printable(raw: bytes) -> str:
    """Decode printable ASCII, with a dot for every other byte."""
    return '"' + "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in raw) + '"'


def _category(value: int) -> str:
    fixed = {
        0x00: "compact TLV, then a status indicator of 3 bytes",
        0x10: "a DIR data reference follows",
        0x80: "compact TLV, with a status indicator if there is one",
    }
    if value in fixed:
        return fixed[value]
    return "reserved" if 0x81 <= value <= 0x8F else "proprietary"


def _compact(raw: bytes, offset: int) -> Iterator[Line]:
    at = 0
    while at < len(raw):
        tag, length = raw[at] >> 4, raw[at] & 0x0F
        value = raw[at + 1 : at + 1 + length]
        name, describe = _OBJECTS.get(tag, (f"tag {tag:X}", printable))
        text = describe(value) if value else "empty"
        if len(value) < length:
            text = f"{length} bytes announced, {len(value)} there: {text}"
        yield Line(offset + at, raw[at : at + 1 + length], name, text, 1)
        at += 1 + length


def _hex(raw: bytes) -> str:
    return raw.hex().upper()


_SERVICES = {
    0x80: "selection by full AID",
    0x40: "selection by partial AID",
    0x20: "data objects in EF.DIR",
    0x10: "data objects in EF.ATR/INFO",
}
_ACCESS = {0: "READ RECORD", 2: "GET DATA", 4: "READ BINARY"}


def _service(raw: bytes) -> str:
    value = raw[0]
    access = _ACCESS.get(value >> 1 & 7, "a reserved way")
    found = bits(value, _SERVICES)
    found.append(f"EF.DIR and EF.ATR/INFO by {access}")
    found.append("no MF" if value & 1 else "with MF")
    return listed(found)


_SELECTION = {
    0x80: "full DF name",
    0x40: "partial DF name",
    0x20: "path",
    0x10: "file identifier",
    0x08: "implicit",
}
_READING = {
    0x04: "short EF identifiers",
    0x02: "record numbers",
    0x01: "record identifiers",
}
_WRITING = ("one-time write", "proprietary", "write OR", "write AND")


def _capabilities(raw: bytes) -> str:
    texts = [f"DF selection by {listed(bits(raw[0], _SELECTION))}"]
    texts += bits(raw[0], _READING)
    if len(raw) > 1:
        texts += _coding(raw[1])
    if len(raw) > 2:
        texts += _commands(raw[2])
    return listed(texts)


def _coding(value: int) -> Iterator[str]:
    if value & 0x80:
        yield "EFs of TLV structure"
    yield f"writing is {_WRITING[value >> 5 & 3]}"
    yield f"FF is {'' if value & 0x10 else 'not '}valid as a tag's first byte"
    yield f"data units of {1 << (value & 0x0F)} quartets"


def _commands(value: int) -> Iterator[str]:
    if value & 0x80:
        yield "command chaining"
    if value & 0x40:
        yield "extended Lc and Le"
    if value & 0x20:
        yield "extended lengths told in EF.ATR/INFO"
    assigned = bits(value, {0x10: "the interface device", 0x08: "the card"})
    if not assigned:
        yield "no logical channels"
    else:
        count = (value & 7) + 1
        yield f"{count}{' or more' if count == 8 else ''} logical channels"
        yield f"channel numbers assigned by {' or '.join(assigned)}"


def _status(raw: bytes) -> str:
    """LCS, or SW1-SW2, or both."""
    texts = []
    if len(raw) in (1, 3):
        texts.append(f"life cycle: {life_cycle(raw[0])}")
    if len(raw) in (2, 3):
        sw = SW(int.from_bytes(raw[-2:], "big"))
        texts.append("no status word" if not int(sw) else f"{sw} ({sw.name})")
    return listed(texts, _hex(raw))


def life_cycle(value: int) -> str:
    """A life cycle status byte in words. Spec: ISO/IEC 7816-4, 7.4.10."""
    if value >= 0x10:
        return "proprietary"
    if value >= 0x0C:
        return "terminated"
    return {
        0x00: "no information",
        0x01: "creation",
        0x03: "initialisation",
        0x04: "operational, deactivated",
        0x05: "operational, activated",
        0x06: "operational, deactivated",
        0x07: "operational, activated",
    }.get(value, "reserved")


_OBJECTS: Mapping[int, tuple[str, Callable[[bytes], str]]] = {
    0x1: ("country code", _hex),
    0x2: ("issuer identification number", _hex),
    0x3: ("card service data", _service),
    0x4: ("initial access data", _hex),
    0x5: ("card issuer's data", printable),
    0x6: ("pre-issuing data", printable),
    0x7: ("card capabilities", _capabilities),
    0x8: ("status indicator", _status),
    0xE: ("application family identifier", _hex),
    0xF: ("application identifier", _hex),
}
