"""BER-TLV data objects as a tree of lines.

Spec: ISO/IEC 7816-4, 5.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from vcard.atr.historical import printable
from vcard.explanation import Line
from vcard.tlv import Tlv, parse_all, read

from .names import aid_name, tag_name

DEEPEST = 32
"""Objects deeper inside others are shown as bytes. No card's are half as deep."""


def tlv_tree(raw: bytes, offset: int = 0, depth: int = 0) -> Iterator[Line]:
    """The data objects, if the bytes look like some; nothing otherwise."""
    if looks_like_tlv(raw):
        yield from _objects(raw, offset, depth)


def looks_like_tlv(raw: bytes) -> bool:
    """True if the bytes are BER-TLV to their end, and not by accident."""
    items = _parsed(raw)
    return any(item.constructed or item.tag > 0xFF or item.value for item in items)


def _parsed(raw: bytes) -> list[Tlv]:
    """The data objects; none if the bytes are not made of such."""
    try:
        items = parse_all(raw)
    except ValueError:
        return []
    return items if all(item.tag for item in items) else []


def _objects(raw: bytes, offset: int, depth: int) -> Iterator[Line]:
    at = 0
    while at < len(raw):
        item, end = read(raw, at)
        start = end - len(item.value)
        inner = item.constructed and depth < DEEPEST and bool(_parsed(item.value))
        text = f"{len(item.value)} bytes" if inner else _value(item)
        yield Line(offset + at, raw[at:end], tag_name(item.tag), text, depth)
        if inner:
            yield from _objects(item.value, offset + start, depth + 1)
        at = end


def _value(item: Tlv) -> str:
    value = item.value
    known = aid_name(value) if item.tag in (0x4F, 0x84) else None
    if known:
        return f"{value.hex().upper()} ({known})"
    if value and all(0x20 <= byte < 0x7F for byte in value):
        return printable(value)
    return value.hex().upper() or "empty"


def objects(raw: bytes) -> Iterator[Line]:
    """All data objects; ValueError names the offset if the bytes are malformed."""
    parse_all(raw)
    return _objects(raw, 0, 0)
