"""Files of a UICC as data, and the templates that SELECT and STATUS answer.

Spec: ETSI TS 102 221, 8 (file structure), 11.1.1.3 (FCP template), 13 (files of the MF).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from vcard import Value, tlv

MF, DIR, ICCID, ARR, CURRENT_ADF = 0x3F00, 0x2F00, 0x2FE2, 0x2F06, 0x7FFF


class Kind(IntEnum):
    """Kinds of files, by their file descriptor byte; all are shareable."""

    TRANSPARENT = 0x41
    LINEAR = 0x42
    CYCLIC = 0x46
    BER_TLV = 0x79
    DF = 0x78

    @property
    def has_records(self) -> bool:
        """True for linear fixed and cyclic files."""
        return self in (Kind.LINEAR, Kind.CYCLIC)


Path = tuple[int, ...]
"""File identifiers from the MF down."""


@dataclass(frozen=True, slots=True)
class File:
    """One file. `path` has its identifiers from 3F00 on.

    `content` is the body (all records of a record file); `record` the length of a record; `sfi`
    the short identifier (0: none); `aid` makes a DF an ADF; `rule` the record of EF.ARR `arr`
    with the access rules; `limit` the size of a BER-TLV file; `link` the path of the file whose
    body it shares, which it then has here, too.
    """

    path: Path
    kind: Kind
    content: bytes = b""
    record: int = 0
    sfi: int = 0
    aid: bytes = b""
    arr: int = ARR
    rule: int = 1
    limit: int = 0
    link: Path = ()

    @property
    def fid(self) -> int:
        """The file identifier."""
        return self.path[-1]

    @property
    def name(self) -> str:
        """The path as hex digits."""
        return "".join(f"{fid:04X}" for fid in self.path)

    @property
    def home(self) -> str:
        """The name in a memory of the body: that of the file linked to, if it is a link."""
        return "".join(f"{fid:04X}" for fid in self.link or self.path)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return self.limit or len(self.content)

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.content) // self.record if self.record else 0

    def to_value(self) -> Value:
        """As an immutable value for a Memory."""
        return (
            *(self.path, int(self.kind), self.content, self.record, self.sfi, self.aid),
            *(self.arr, self.rule, self.limit, self.link),
        )

    @classmethod
    def from_value(cls, value: Value) -> File:
        """From what `to_value` gave."""
        assert isinstance(value, tuple)
        path, kind, *rest = value
        assert isinstance(kind, int)
        return cls(path, Kind(kind), *rest)  # type: ignore[arg-type] # as to_value wrote it

    def fcp(self, pins: bytes = b"") -> bytes:
        """The file control parameters template; `pins` are those of a DF (tag C6)."""
        parts = [tlv(0x82, self._descriptor()), tlv(0x83, self.fid.to_bytes(2, "big"))]
        if self.kind is Kind.DF:
            if self.aid:
                parts.append(tlv(0x84, self.aid))
            elif self.fid == MF:
                parts.append(tlv(0xA5, tlv(0x80, b"\x71")))
        parts += [tlv(0x8A, b"\x05"), tlv(0x8B, self.arr.to_bytes(2, "big") + bytes((self.rule,)))]
        if self.kind is Kind.DF:
            parts.append(pins)
        else:
            parts.append(tlv(0x80, self.size.to_bytes(2, "big")))
            parts.append(tlv(0x88, bytes((self.sfi << 3,)) if self.sfi else b""))
        return tlv(0x62, *parts)

    def _descriptor(self) -> bytes:
        head = bytes((self.kind, 0x21))
        if not self.kind.has_records:
            return head
        return head + self.record.to_bytes(2, "big") + bytes((self.records,))


@dataclass(frozen=True)
class Tree:
    """The files of a profile, by path."""

    files: tuple[File, ...]
    by_path: dict[Path, File] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_path", {file.path: file for file in self.files})

    @cached_property
    def adfs(self) -> tuple[File, ...]:
        """The application DFs, in the order of the package."""
        return tuple(file for file in self.files if file.aid)

    def children(self, path: Path) -> Iterable[File]:
        """The files right under a DF."""
        return (file for file in self.files if file.path[:-1] == path)

    def child(self, path: Path, fid: int) -> File | None:
        """The file `fid` right under a DF, or None."""
        return self.by_path.get((*path, fid))

    def by_sfi(self, path: Path, sfi: int) -> File | None:
        """The EF with a short identifier under a DF, or None."""
        return next((file for file in self.children(path) if file.sfi == sfi), None)


def filled(content: bytes, size: int) -> bytes:
    """Content filled up with FF; ValueError if it is too long."""
    if len(content) > size:
        raise ValueError(f"{len(content)} bytes do not fit into {size}")
    return content.ljust(size, b"\xff")
