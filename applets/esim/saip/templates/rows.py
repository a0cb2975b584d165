"""Rows of templates: their notation, and the file that each describes.

A row: the field's name in the ASN.1 module, file identifier (0000: the package names it), kind (A
ADF, D DF, T transparent, L linear fixed, C cyclic, B BER-TLV), size in bytes or of a record (0:
the package says it), number of records, record of EF.ARR, short identifier (0: none), and the
default content in hex ("+" repeats the byte before it, "*" all, "-": none, "@NAME": made at
installation).
"""

from __future__ import annotations

from dataclasses import dataclass

from applets.shared.file_system.tree import Kind

_KINDS = {
    "A": Kind.DF,
    "D": Kind.DF,
    "T": Kind.TRANSPARENT,
    "L": Kind.LINEAR,
    "C": Kind.CYCLIC,
    "B": Kind.BER_TLV,
}


@dataclass(frozen=True)
class Row:
    """One file of a template. `fid` is 0 where the package names it."""

    name: str
    fid: int
    kind: Kind
    size: int
    records: int
    rule: int
    sfi: int
    default: str
    adf: bool = False

    @property
    def has_default(self) -> bool:
        """Whether the file has default contents."""
        return self.default != "-"

    @property
    def label(self) -> str:
        """The usual name: EF.IMSI, DF.5GS."""
        kind, _, rest = self.name.replace("df-df-", "df-").partition("-")
        return f"{kind}.{rest}".upper() if rest else kind.upper()

    def content(self, size: int) -> bytes | None:
        """The default contents, `size` bytes; None if there are none, or for `@NAME`."""
        if not self.has_default or self.default.startswith("@"):
            return None
        if self.default.endswith("*"):
            raw = bytes.fromhex(self.default[:-1])
            return (raw * (size // len(raw) + 1))[:size]
        head, plus, tail = self.default.partition("+")
        first, last = bytes.fromhex(head), bytes.fromhex(tail)
        fill = first[-1:] if plus else b"\xff"
        return (first.ljust(max(0, size - len(last)), fill) + last)[:size]


def rows(text: str) -> tuple[Row, ...]:
    """Parse the rows of a template."""
    return tuple(_row(line.split()) for line in text.splitlines() if line.strip())


def _row(words: list[str]) -> Row:
    name, fid, kind, *numbers, default = words
    size, records, rule, sfi = map(int, numbers)
    return Row(name, int(fid, 16), _KINDS[kind], size, records, rule, sfi, default, adf=kind == "A")
