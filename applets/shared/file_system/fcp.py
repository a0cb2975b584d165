"""File control parameters: the template that SELECT answers.

Spec: ISO/IEC 7816-4, 7.4.3 (FCP template, table of data objects), 7.4.5 (descriptor).
"""

from __future__ import annotations

from vcard import tlv
from vcard.tlv import Tlv, parse_all

from .tree import File, Kind, Life

LIFE_CYCLE = 0x8A
_DATA_CODING = 0x21


def fcp(
    file: File,
    *,
    life: Life = Life.ACTIVATED,
    proprietary: bytes = b"",
    security: bytes = b"",
) -> bytes:
    """Build the FCP template (tag 62) of a file.

    `proprietary` are the data objects before the life cycle status (A5), `security` those after it
    (8B, 8C, A0, ...). Sizes have two bytes; an EF without a short identifier gets an empty data
    object 88.
    """
    parts = [tlv(0x82, descriptor(file)), tlv(0x83, file.fid.to_bytes(2, "big"))]
    if file.aid:
        parts.append(tlv(0x84, file.aid))
    parts += [proprietary, tlv(LIFE_CYCLE, bytes((life,))), security]
    if file.kind is not Kind.DF:
        parts.append(tlv(0x80, file.size.to_bytes(2, "big")))
        parts.append(tlv(0x88, bytes((file.sfi << 3,)) if file.sfi else b""))
    return tlv(0x62, *parts)


def told(file: File, changed: dict[int, bytes]) -> bytes:
    """Build the template that another card returned, with current values of some objects."""
    return tlv(
        0x62, *(Tlv(one.tag, changed.get(one.tag, one.value)) for one in parse_all(file.told))
    )


def descriptor(file: File) -> bytes:
    """Return the value of the file descriptor (82)."""
    head = bytes((file.kind, _DATA_CODING))
    if not file.kind.has_records:
        return head
    return head + file.record.to_bytes(2, "big") + bytes((file.records & 0xFF,))
