"""Files and their paths, as immutable data.

Spec: ISO/IEC 7816-4, 7.2 (structures for data), 7.4.5 (file descriptor byte).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from vcard import Value
from vcard.memory import all_parts

MF, DIR = 0x3F00, 0x2F00
_SHAREABLE = 0x40
USABLE_DEACTIVATED = 0x40
"""Bit of the special file information. Spec: ETSI TS 102 222, 6.3.2.2.2."""


class Life(IntEnum):
    """The life cycle status of a file, without proprietary values.

    Spec: ISO/IEC 7816-4, 7.4.10; ETSI TS 102 221, 11.1.1.4.9.
    """

    CREATION = 0x01
    INITIALISATION = 0x03
    DEACTIVATED = 0x04
    ACTIVATED = 0x05
    TERMINATED = 0x0C

    @classmethod
    def named(cls, status: int) -> Life:
        """Return the status of a byte, ignoring proprietary bits; ValueError if reserved."""
        if status >= cls.TERMINATED:
            return cls.TERMINATED
        return cls(status & ~0x02 if status >= cls.DEACTIVATED else status)


class Kind(IntEnum):
    """Kinds of files, by their file descriptor byte; all are shareable."""

    TRANSPARENT = 0x41
    LINEAR = 0x42
    CYCLIC = 0x46
    BER_TLV = 0x79
    DF = 0x78

    @classmethod
    def named(cls, descriptor: int) -> Kind:
        """Return the kind of a file descriptor byte, shareable or not; ValueError if unknown."""
        return cls(descriptor | _SHAREABLE)

    @property
    def has_records(self) -> bool:
        """True for linear fixed and cyclic files."""
        return self in (Kind.LINEAR, Kind.CYCLIC)


Path = tuple[int, ...]
"""File identifiers from the MF down."""


@dataclass(frozen=True, slots=True)
class File:
    """One file. `path` lists its identifiers from 3F00 on.

    `content` is the body (all records of a record file); `record` the length of a record in bytes;
    `sfi` the short identifier, 1 to 30 (0: none); `aid` makes a DF an ADF; `rule` and `arr` name
    the access rules for the card's `AccessRules` (`arr` 0: the default EF); `limit` is the capacity
    of a BER-TLV file in bytes; `link` is the path of the file whose body this one shares (`content`
    repeats that body). `life` is the initial life cycle status; `compact` the access rule in
    compact format, which overrides `rule`; `told` the FCP that another card returned (the contents
    of 62), which replaces ours. `special` is the special file information (ETSI TS 102 222,
    6.3.2.2.2); `pins` lists the key references in a DF's FCP (empty: the usual ones).
    """

    path: Path
    kind: Kind
    content: bytes = b""
    record: int = 0
    sfi: int = 0
    aid: bytes = b""
    arr: int = 0
    rule: int = 1
    limit: int = 0
    link: Path = ()
    life: int = Life.ACTIVATED
    compact: bytes = b""
    told: bytes = b""
    special: int = 0
    pins: bytes = b""

    @property
    def usable_deactivated(self) -> bool:
        """Whether a deactivated file can still be read and updated."""
        return bool(self.special & USABLE_DEACTIVATED)

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
        """The name under which the body is stored: that of the linked file, if this is a link."""
        return "".join(f"{fid:04X}" for fid in self.link or self.path)

    @property
    def size(self) -> int:
        """Length of the body in bytes; the capacity of a BER-TLV file."""
        return self.limit or len(self.content)

    @property
    def records(self) -> int:
        """The number of records, 0 for a file without records."""
        return len(self.content) // self.record if self.record else 0

    def to_value(self) -> Value:
        """Convert to an immutable value for a Memory."""
        return (
            *(self.path, int(self.kind), self.content, self.record, self.sfi, self.aid),
            *(self.arr, self.rule, self.limit, self.link),
            *(int(self.life), self.compact, self.told, self.special, self.pins),
        )

    @classmethod
    def from_value(cls, value: Value) -> File:
        """Restore a file from the result of `to_value`."""
        path, kind, *rest = all_parts(value)
        return cls(path, Kind(kind), *rest)  # type: ignore[arg-type] # as to_value wrote it


@dataclass(frozen=True)
class Tree:
    """A set of files, by path."""

    files: tuple[File, ...]
    by_path: dict[Path, File] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_path", {file.path: file for file in self.files})

    @cached_property
    def adfs(self) -> tuple[File, ...]:
        """The application DFs, in the order of the files."""
        return tuple(file for file in self.files if file.aid)

    def children(self, path: Path) -> Iterable[File]:
        """The files directly under a DF."""
        return (file for file in self.files if file.path[:-1] == path)

    def child(self, path: Path, fid: int) -> File | None:
        """The file `fid` directly under a DF, or None."""
        return self.by_path.get((*path, fid))

    def by_sfi(self, path: Path, sfi: int) -> File | None:
        """The EF with a short identifier under a DF, or None."""
        return next((file for file in self.children(path) if file.sfi == sfi), None)


def filled(content: bytes, size: int) -> bytes:
    """Pad content with FF to `size` bytes; ValueError if it is longer."""
    if len(content) > size:
        raise ValueError(f"{len(content)} bytes do not fit into {size}")
    return content.ljust(size, b"\xff")
