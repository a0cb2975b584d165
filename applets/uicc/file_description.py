"""The FCP template in CREATE FILE and RESIZE FILE, and the file that it describes.

Spec: ETSI TS 102 222, 6.3.2.2 (data of CREATE FILE), 6.10 (data of RESIZE FILE).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from applets.shared.file_system.tree import MF, File, Kind, Life, Path
from vcard.tlv import Tlv

_DESCRIPTOR, _IDENTIFIER, _NAME, _PROPRIETARY = 0x82, 0x83, 0x84, 0xA5
_REFERENCED, _COMPACT, _LIFE, _SIZE, _SHORT = 0x8B, 0x8C, 0x8A, 0x80, 0x88
_MAXIMUM_SIZE, _FILL_LAST, _FILL_REPEATED = 0x86, 0xC1, 0xC2
_RESERVED = frozenset({MF, 0x3FFF, 0x7FFF, 0xFFFF})


@dataclass(frozen=True, slots=True)
class Description:
    """The description of a file in a template.

    `size` and `limit` (of a BER-TLV file) are in bytes; `pattern` fills the new bytes, repeated as
    a whole or with its last byte.
    """

    fid: int
    kind: Kind = Kind.TRANSPARENT
    record: int = 0
    size: int = 0
    limit: int = 0
    sfi: int = 0
    aid: bytes = b""
    arr: int = 0
    rule: int = 1
    compact: bytes = b""
    life: Life = Life.ACTIVATED
    pattern: bytes = b"\xff"
    repeated: bool = False

    @classmethod
    def parse(cls, raw: bytes, *, whole: bool) -> Description:
        """Parse a template (tag 62); `whole` if it must describe a new file.

        ValueError if a data object is missing or malformed.
        """
        template = Tlv.parse(raw)
        if template.tag != 0x62:
            raise ValueError("a file is described by an FCP template")
        parts = {one.tag: one.value for one in template.children}
        fid = _number(parts, _IDENTIFIER, 2)
        if fid in _RESERVED:
            raise ValueError(f"no file can have the identifier {fid:04X}")
        facts: dict[str, Any] = {"fid": fid, "size": _number(parts, _SIZE, 4, b"")}
        facts |= _proprietary(Tlv(_PROPRIETARY, parts.get(_PROPRIETARY, b"")))
        return cls(**(facts | _kind(parts) | _rules(parts) if whole else facts))

    def filling(self, size: int) -> bytes:
        """Return the initial contents, `size` bytes."""
        if self.repeated:
            return bytes(islice(cycle(self.pattern), size))
        return self.pattern[:size].ljust(size, self.pattern[-1:])

    def made(self, path: Path) -> File:
        """Make the new file."""
        return File(
            path,
            self.kind,
            b"" if self.kind in (Kind.DF, Kind.BER_TLV) else self.filling(self.size),
            self.record,
            sfi=self.sfi,
            aid=self.aid,
            arr=self.arr,
            rule=self.rule,
            limit=self.limit or self.size if self.kind is Kind.BER_TLV else 0,
            life=self.life,
            compact=self.compact,
        )


def _number(parts: dict[int, bytes], tag: int, longest: int, default: bytes | None = None) -> int:
    value = parts.get(tag, default)
    if value is None or len(value) > longest:
        raise ValueError(f"the data object {tag:02X} is missing or too long")
    return int.from_bytes(value, "big")


def _proprietary(item: Tlv) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in item.children:
        if one.tag == _MAXIMUM_SIZE:
            found["limit"] = int.from_bytes(one.value, "big")
        elif one.tag in (_FILL_LAST, _FILL_REPEATED) and one.value:
            found |= {"pattern": one.value, "repeated": one.tag == _FILL_REPEATED}
    return found


def _kind(parts: dict[int, bytes]) -> dict[str, Any]:
    """Read structure, record length, size and names, which depend on each other."""
    raw = parts.get(_DESCRIPTOR, b"")
    if len(raw) not in (2, 4, 5, 6):
        raise ValueError("the file descriptor is missing or malformed")
    kind, record = Kind.named(raw[0]), int.from_bytes(raw[2:4], "big")
    size, aid = _number(parts, _SIZE, 4, b""), parts.get(_NAME, b"")
    if kind.has_records and (not record or not size or size % record):
        raise ValueError("the size of a record file is a number of records")
    if kind is Kind.TRANSPARENT and not size:
        raise ValueError("an EF has a size")
    if aid and (kind is not Kind.DF or not 5 <= len(aid) <= 16):
        raise ValueError("a DF name has 5 to 16 bytes")
    record = record if kind.has_records else 0
    return {"kind": kind, "record": record, "aid": aid, "sfi": _short(parts, kind)}


def _short(parts: dict[int, bytes], kind: Kind) -> int:
    """The short identifier: as given (empty: none), by default the last bits of the FID."""
    if kind is Kind.DF:
        return 0
    given = parts.get(_SHORT)
    if given is None:
        sfi = parts[_IDENTIFIER][-1] & 0x1F
        return sfi if sfi != 0x1F else 0
    if len(given) > 1 or (given and given[0] >> 3 == 0x1F):
        raise ValueError("the short identifier is malformed")
    return given[0] >> 3 if given else 0


def _rules(parts: dict[int, bytes]) -> dict[str, Any]:
    """Read the access rule, which is mandatory, and the initial life cycle status."""
    life = Life.named(_number(parts, _LIFE, 1, bytes((Life.ACTIVATED,))))
    if _COMPACT in parts:
        return {"compact": parts[_COMPACT], "life": life}
    referenced = parts.get(_REFERENCED, b"")
    if len(referenced) < 3:
        raise ValueError("the access rule is missing")
    # for several security environments: that of the first
    rule = referenced[2] if len(referenced) == 3 else referenced[3]
    return {"arr": int.from_bytes(referenced[:2], "big"), "rule": rule, "life": life}
