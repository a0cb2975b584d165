"""File control parameters (Fcp) of a package: the descriptor of one file.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.3.1 (Fcp); ETSI TS
102 222, 6.3.2.2 (coding of its data objects).
"""

from __future__ import annotations

from collections.abc import Callable

from applets.shared.file_system.tree import MF, Kind, Life, Path

from .node import Node, bad, malformed, octets

_SHAREABLE, _TYPE, _INTERNAL = 0x40, 0x38, 0x08
_RESERVED_FIDS = (0x0000, 0x3FFF, 0x7FFF, 0xFFFF)
_LOWEST, _HIGHEST = 1, 30
_PROPRIETARY = 0xA5


class Fcp:
    """The descriptor of a file; an attribute is None if its part is missing.

    `rule` is the record of EF.ARR and `arr` its identifier, `link` the path of the file that this
    one is linked to (empty: no link, whatever the template says), `others` unknown parts.
    """

    def __init__(self, node: Node | None = None) -> None:
        self._parts: dict[str, Node] = {}
        self._node = node
        self.kind: Kind | None = None
        self.record: int | None = None
        self.fid: int | None = None
        self.arr: int | None = None
        self.rule: int | None = None
        self.size: int | None = None
        self.limit: int | None = None
        self.sfi: int | None = None
        self.aid = self.fill = self.repeat = b""
        self.pins: bytes | None = None
        self.life, self.special = Life.ACTIVATED, 0
        self.link: Path | None = None
        self.others: list[Node] = []
        if node is not None:
            self._read(node, _FIELDS)

    def _read(self, node: Node, known: dict[int, tuple[str, int, int, Reader]]) -> None:
        for child in node.children:
            row = known.get(child.tag)
            if row is not None:
                name, least, most, reader = row
                if name in self._parts:
                    raise malformed(f"{name} occurs twice", child.start)
                self._parts[name] = child
                reader(self, octets(child, least, most), child.start)
            elif child.tag == _PROPRIETARY and known is _FIELDS:
                self._read(child, _PROPRIETARY_FIELDS)
            else:
                self.others.append(child)

    def says(self, name: str) -> bool:
        """Whether a part is present."""
        return name in self._parts

    def place(self, *names: str) -> int | None:
        """The offset of the first of these parts that is present, else of the descriptor."""
        found = next((self._parts[name] for name in names if name in self._parts), self._node)
        return None if found is None else found.start


NOTHING = Fcp()
Reader = Callable[[Fcp, bytes, int], None]


def _plain(name: str) -> Reader:
    """A part that is kept as it is."""

    def read(fcp: Fcp, raw: bytes, _: int) -> None:
        setattr(fcp, name, raw)

    return read


def _number(name: str) -> Reader:
    """A part that is a number."""

    def read(fcp: Fcp, raw: bytes, _: int) -> None:
        setattr(fcp, name, int.from_bytes(raw, "big"))

    return read


def _descriptor(fcp: Fcp, raw: bytes, at: int) -> None:
    fcp.kind = kind_of(raw[0])
    if fcp.kind is None:
        raise bad(f"file descriptor byte {raw[0]:02X} names no kind of file", at)
    if fcp.kind.has_records:
        if len(raw) != 4:
            raise bad("the descriptor of a file with records has their length", at)
        fcp.record = int.from_bytes(raw[2:4], "big")


def kind_of(byte: int) -> Kind | None:
    """The kind of a file descriptor byte (None: invalid); internal EFs count as working EFs."""
    internal = byte & _TYPE == _INTERNAL
    return _KINDS.get((byte & ~_TYPE if internal else byte) | _SHAREABLE)


_KINDS = {int(kind): kind for kind in Kind}


def _fid(fcp: Fcp, raw: bytes, at: int) -> None:
    fcp.fid = int.from_bytes(raw, "big")
    if fcp.fid in _RESERVED_FIDS:
        raise bad(f"file identifier {fcp.fid:04X} is reserved", at)


def _rule(fcp: Fcp, raw: bytes, at: int) -> None:
    if len(raw) == 2:
        raise bad("an access rule is a record number, or an EF.ARR and a record number", at)
    if not raw[-1]:
        raise bad("records of EF.ARR count from 1", at)
    fcp.rule = raw[-1]
    fcp.arr = int.from_bytes(raw[:-1], "big") or None


def _life(fcp: Fcp, raw: bytes, at: int) -> None:
    try:
        fcp.life = Life.named(raw[0])
    except ValueError:
        raise bad(f"life cycle status {raw[0]:02X} is reserved", at) from None


def _sfi(fcp: Fcp, raw: bytes, at: int) -> None:
    """Read the short identifier from the upper five bits; empty: no short identifier."""
    if raw and (raw[0] & 7 or not _LOWEST <= raw[0] >> 3 <= _HIGHEST):
        raise bad(f"{raw[0]:02X} is no short identifier", at)
    fcp.sfi = raw[0] >> 3 if raw else 0


def _link(fcp: Fcp, raw: bytes, at: int) -> None:
    fcp.link = path_of(raw, at) if raw else ()


def path_of(raw: bytes, offset: int | None = None) -> Path:
    """Read a path of a package; the result starts at the MF."""
    if len(raw) % 2:
        raise bad("a path has two bytes for each file", offset)
    fids = tuple(int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))
    return fids if fids[:1] == (MF,) else (MF, *fids)


def _fill(fcp: Fcp, raw: bytes, at: int) -> None:
    if fcp.repeat:
        raise bad("a fill pattern and a repeat pattern exclude each other", at)
    fcp.fill = raw


def _repeat(fcp: Fcp, raw: bytes, at: int) -> None:
    if fcp.fill:
        raise bad("a fill pattern and a repeat pattern exclude each other", at)
    fcp.repeat = raw


def _special(fcp: Fcp, raw: bytes, _: int) -> None:
    fcp.special = raw[0]


def _details(_fcp: Fcp, _raw: bytes, _at: int) -> None:
    """Ignore the coding of a BER-TLV file: this card has only one."""


# By tag: the name, the least and the greatest length in bytes, the reader.
_FIELDS: dict[int, tuple[str, int, int, Reader]] = {
    0x82: ("descriptor", 2, 4, _descriptor),
    0x83: ("fid", 2, 2, _fid),
    0x84: ("aid", 5, 16, _plain("aid")),
    0x8A: ("lcsi", 1, 1, _life),
    0x8B: ("rule", 1, 3, _rule),
    0x80: ("size", 1, 4, _number("size")),
    0xC6: ("pins", 0, 64, _plain("pins")),
    0x88: ("sfi", 0, 1, _sfi),
    0xC7: ("link", 0, 8, _link),
}
_PROPRIETARY_FIELDS: dict[int, tuple[str, int, int, Reader]] = {
    0xC0: ("special", 1, 1, _special),
    0xC1: ("fill", 1, 200, _fill),
    0xC2: ("repeat", 1, 200, _repeat),
    0x86: ("limit", 1, 4, _number("limit")),
    0x84: ("details", 0, 1, _details),
}
