"""The packets of a capture file: pcap and pcapng, either byte order.

Specs: IETF draft-ietf-opsawg-pcap, 4 and 5; IETF draft-ietf-opsawg-pcapng, 4.1 to 4.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from struct import unpack_from

from .fields import DescriptionError

SECTION, INTERFACE, SIMPLE_PACKET, PACKET = 0x0A0D0D0A, 1, 3, 6
_PCAP = {b"\xa1\xb2\xc3\xd4": ">", b"\xd4\xc3\xb2\xa1": "<"} | {
    b"\xa1\xb2\x3c\x4d": ">",
    b"\x4d\x3c\xb2\xa1": "<",
}
_PCAPNG = b"\x0a\x0d\x0d\x0a"
_BYTE_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_FILE_HEADER, _RECORD_HEADER = 24, 16


def is_capture(raw: bytes) -> bool:
    """True if the file begins as a capture does."""
    return raw[:4] in _PCAP or raw[:4] == _PCAPNG


def packets(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each packet with its link type, as far as the file is whole; DescriptionError names where."""
    if raw[:4] in _PCAP:
        return _pcap(raw, _PCAP[raw[:4]])
    if raw[:4] == _PCAPNG:
        return _pcapng(raw)
    raise DescriptionError("offset 0: neither pcap nor pcapng")


def _pcap(raw: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    if len(raw) < _FILE_HEADER:
        raise DescriptionError(f"offset {len(raw)}: the file header is cut")
    link = unpack_from(order + "I", raw, 20)[0] & 0x0FFFFFFF
    at = _FILE_HEADER
    while at + _RECORD_HEADER <= len(raw):
        size = unpack_from(order + "I", raw, at + 8)[0]
        at += _RECORD_HEADER
        if at + size > len(raw):
            return  # a capture that was stopped in the middle
        yield link, raw[at : at + size]
        at += size


def _pcapng(raw: bytes) -> Iterator[tuple[int, bytes]]:
    order, links, at = "<", list[int](), 0
    while at + 12 <= len(raw):
        if raw[at : at + 4] == _PCAPNG:
            order, links = _order(raw, at), []
        kind, size = unpack_from(order + "II", raw, at)
        if size < 12 or size % 4:
            raise DescriptionError(f"offset {at}: a block of {size} bytes")
        if at + size > len(raw):
            return
        try:
            yield from _block(raw[at + 8 : at + size - 4], kind, order, links)
        except (struct.error, IndexError):
            raise DescriptionError(f"offset {at}: the block is cut") from None
        at += size


def _order(raw: bytes, at: int) -> str:
    order = _BYTE_ORDERS.get(raw[at + 8 : at + 12])
    if order is None:
        raise DescriptionError(f"offset {at + 8}: no byte-order magic")
    return order


def _block(body: bytes, kind: int, order: str, links: list[int]) -> Iterator[tuple[int, bytes]]:
    if kind == INTERFACE:
        links.append(unpack_from(order + "H", body)[0])
    elif kind == PACKET:
        interface, size = unpack_from(order + "I8xI", body)
        yield links[interface], body[20 : 20 + size]
    elif kind == SIMPLE_PACKET:
        size = unpack_from(order + "I", body)[0]
        yield links[0], body[4 : 4 + size]
