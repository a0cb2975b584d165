"""Files of a profile package: template, descriptor and contents combined.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.3 (files); ETSI TS
102 222, 6.3.2.2 (descriptors).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from applets.shared.file_system.tree import File, Kind, Path

from .fcp import NOTHING, Fcp
from .node import Node, bad, integer, malformed, octets
from .templates import Row

LIMIT = 65535
"""The longest body of a file in bytes: FCP and READ BINARY have two bytes for it."""
_ROOT_ARR, _ARR = 0x2F06, 0x6F06
_ABSENT, _DESCRIPTOR, _OFFSET, _CONTENT = 0x80, 0xA1, 0x82, 0x83


@dataclass(frozen=True)
class Step:
    """A piece of contents: skip some bytes, then write `content`."""

    at: int
    skip: int = 0
    content: bytes = b""


@dataclass(frozen=True)
class Field:
    """A field of an element: the descriptor and contents of its file."""

    at: int
    fcp: Fcp = NOTHING
    steps: tuple[Step, ...] = ()
    absent: bool = False
    others: tuple[Node, ...] = field(default=(), repr=False)


def read_field(node: Node) -> Field:
    """Read a field: descriptor, offsets and contents, or doNotCreate."""
    fcp, steps, others, absent = NOTHING, [], list[Node](), False
    for child in node.children:
        if child.tag == _ABSENT:
            absent = True
        elif child.tag == _DESCRIPTOR:
            if fcp is not NOTHING:
                raise malformed("a file has one descriptor", child.start)
            fcp = Fcp(child)
        elif child.tag in (_OFFSET, _CONTENT):
            steps.append(read_step(child, _OFFSET))
        else:
            others.append(child)
    return Field(node.start, fcp, tuple(steps), absent, (*others, *fcp.others))


def read_step(node: Node, skipping: int) -> Step:
    """Read an offset (tag `skipping`) or contents."""
    if node.tag == skipping:
        return Step(node.start, integer(node, LIMIT))
    return Step(node.start, 0, octets(node))


def made(here: Path, row: Row | None, said: Field, default: bytes | None = None) -> File:
    """Make a file from a template row and a field, with its first contents.

    `here` is its directory; `default` replaces the default contents of the row.
    """
    fcp = said.fcp
    kind = fcp.kind or (None if row is None else row.kind)
    if kind is None:
        raise bad("a file has a descriptor", fcp.place("descriptor") or said.at)
    fid = fcp.fid or (0 if row is None else row.fid)
    if not fid:
        raise bad("a file has an identifier", fcp.place("fid") or said.at)
    arr, rule = _rule(here, row, fcp)
    path = (*here, fid)
    if kind is Kind.DF:
        return _directory(path, fcp, arr, rule)
    if fcp.pins is not None or fcp.aid:
        raise bad("only a directory has a PIN status or a name", fcp.place("pins", "aid"))
    body = _Body(said, row, kind, default)
    return File(
        path, kind,
        b"" if fcp.link else body.content(),
        fcp.record or 0 if fcp.link else body.record,
        _sfi(fcp, row, fid), b"", arr, rule,
        0 if fcp.link else body.limit,
        fcp.link or (), fcp.life, special=fcp.special,
    )  # fmt: skip


def _directory(path: Path, fcp: Fcp, arr: int, rule: int) -> File:
    if fcp.size is not None or fcp.sfi:
        raise bad("a directory has no size and no short identifier", fcp.place("size", "sfi"))
    return File(
        path, Kind.DF, aid=fcp.aid, arr=arr, rule=rule, life=fcp.life, special=fcp.special,
        pins=fcp.pins or b"", link=fcp.link or (),
    )  # fmt: skip


def _rule(here: Path, row: Row | None, fcp: Fcp) -> tuple[int, int]:
    """EF.ARR and record: by default 2F06 for the MF, its files and ADFs, else 6F06."""
    usual = _ROOT_ARR if len(here) < 2 else _ARR
    return fcp.arr or usual, fcp.rule or (1 if row is None else row.rule)


def _sfi(fcp: Fcp, row: Row | None, fid: int) -> int:
    """The short identifier; without a template it is the lower bits of the file identifier."""
    if fcp.sfi is not None:
        return fcp.sfi
    if row is not None:
        return row.sfi
    return fid & 0x1F if fid & 0x1F != 0x1F else 0


class _Body:
    """The size and the first contents of an EF; `default` replaces those of the template."""

    def __init__(self, said: Field, row: Row | None, kind: Kind, default: bytes | None) -> None:
        self.said, self.fcp, self.row, self.kind = said, said.fcp, row, kind
        self.default = default

    @cached_property
    def record(self) -> int:
        """The length of a record, 0 for a file without records."""
        if not self.kind.has_records:
            return 0
        record = self.fcp.record if self.fcp.record is not None else self.row and self.row.size
        if not record:
            text = "a file with records says how long they are"
            raise bad(text, self.fcp.place("descriptor") or self.said.at)
        return record

    @cached_property
    def size(self) -> int:
        """The size in bytes: from the descriptor, the template, or the contents."""
        fcp = self.fcp
        size = fcp.size if fcp.size is not None else self._usual()
        if size > LIMIT:
            raise bad(f"a file of {size} bytes is too long", fcp.place("size"))
        if self.record and (size % self.record or not 0 < size // self.record < 256):
            text = f"{size} bytes are not 1 to 255 records of {self.record}"
            raise bad(text, fcp.place("size") or self.said.at)
        return size

    def _usual(self) -> int:
        """The size from the template, else from the contents."""
        row, record = self.row, self.record
        size = 0 if row is None else record * row.records if record else row.size
        if not size:
            size = len(self.default or b"")
            size = size or sum(step.skip + len(step.content) for step in self.said.steps)
            size = -(-size // record) * record if record else size
        if not size and self.fcp.limit is None:
            raise bad("the size of a file is missing", self.fcp.place() or self.said.at)
        return size

    @property
    def limit(self) -> int:
        """The capacity of a BER-TLV file."""
        return self.fcp.limit or self.size if self.kind is Kind.BER_TLV else 0

    def content(self) -> bytes:
        """The first contents: pattern or default, overwritten by the contents of the package."""
        if self.kind is Kind.BER_TLV:
            return self._written(bytearray(), self.limit)
        first = self._pattern() or self.default or self._template()
        return self._written(bytearray(first.ljust(self.size, b"\xff")), self.size)

    def _pattern(self) -> bytes:
        """The repeat pattern, or the fill pattern with its last byte repeated."""
        fcp, size = self.fcp, self.size
        if fcp.repeat:
            return (fcp.repeat * (size // len(fcp.repeat) + 1))[:size]
        return fcp.fill.ljust(size, fcp.fill[-1:])[:size] if fcp.fill else b""

    def _template(self) -> bytes:
        """The default contents of the template, for each record."""
        length = self.record or self.size
        plain = None if self.row is None else self.row.content(length)
        return plain * (self.size // length) if plain and length else b""

    def _written(self, body: bytearray, size: int) -> bytes:
        offset = 0
        for step in self.said.steps:
            offset += step.skip
            end = offset + len(step.content)
            if end > size:
                raise bad(f"contents up to {end} do not fit into {size} bytes", step.at)
            body[offset:end] = step.content
            offset = end
        return bytes(body)
