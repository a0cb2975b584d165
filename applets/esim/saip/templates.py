"""Templates of profile packages: which file each field of a profile element stands for.

One row for each field, in order: identifier, kind (D DF, T transparent, L linear fixed,
C cyclic, B BER-TLV), size in bytes or of a record, number of records, record of EF.ARR, short
identifier (0: none), default content in hex ("+" repeats the byte before it, "*" all, "-": none).
A file belongs to the DF that stands before it. "-" is a field that is not read.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, annex A (templates);
3GPP TS 31.102, 4 and TS 31.103, 4; ETSI TS 102 221, 13 for the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from applets.shared.file_system.tree import Kind

_KINDS = {
    "D": Kind.DF,
    "T": Kind.TRANSPARENT,
    "L": Kind.LINEAR,
    "C": Kind.CYCLIC,
    "B": Kind.BER_TLV,
}

_PHONEBOOK = """
        5F3A D 0 0 14 0 -
        4F30 L 0 0 2 0 -
        4F38 L 13 0 5 0 00FF+
        4F40 L 0 0 5 0 FF+
        4F48 L 0 0 5 0 FF+
        4F22 T 4 0 5 0 00000000
        4F23 T 2 0 5 0 0000
        4F24 T 2 0 5 0 0000
        4F50 L 0 0 5 0 FF+
        4F58 L 0 0 5 0 FF+
        -
        4F68 L 0 0 5 0 FF+
        4F70 L 0 0 5 0 -
        4F78 L 0 0 5 0 FF+
        4F80 L 0 0 5 0 FF+
        4F88 L 2 0 5 0 0000
        4F90 L 0 0 5 0 00+
        4F98 L 0 0 5 0 FF+
"""

# By the tag number of the profile element.
_TABLES = {
    # MF
    16: """
        3F00 D 0 0 14 0 -
        2F05 T 2 0 1 5 FF+
        2FE2 T 10 0 11 0 -
        2F00 L 0 0 10 30 -
        2F06 L 0 0 10 0 -
        2F08 T 5 0 10 8 -
    """,
    # CD
    17: """
        7F11 D 0 0 14 0 -
        6F01 T 0 0 2 0 -
        6F40 T 0 0 2 0 -
    """,
    # TELECOM
    18: """
        7F10 D 0 0 14 0 -
        6F06 L 0 0 10 0 -
        6F53 L 0 0 3 0 -
        6F54 T 22 0 3 0 -
        6FE0 L 24 50 9 0 FF+
        6FE1 L 0 0 9 0 FF+
        6FE5 L 0 0 5 0 -
        5F50 D 0 0 14 0 -
        4F20 L 0 0 2 0 00FF+
        4F40 T 0 0 2 0 FF+
        -
        4F01 T 0 0 10 0 -
        4F80 T 0 0 10 0 -
    """
    + _PHONEBOOK
    + """
        5F3B D 0 0 14 0 -
        4F47 B 0 0 5 0 -
        4F48 B 0 0 5 0 -
        5F3C D 0 0 14 0 -
        4F20 T 0 0 2 1 -
        4F21 T 0 0 2 2 -
        4F21 T 1 0 2 3 -
        5F3D D 0 0 14 0 -
        4F01 T 0 0 2 1 -
        4F02 B 0 0 2 2 -
        5F3E D 0 0 14 0 -
        4F01 T 0 0 2 1 -
        4F02 B 0 0 2 2 -
        4F03 T 0 0 2 0 -
        -
    """,
    # USIM
    19: """
        0000 D 0 0 14 0 -
        6F07 T 9 0 2 7 -
        6F06 L 0 0 10 23 -
        6F08 T 33 0 5 8 07FF+
        6F09 T 33 0 5 9 07FF+
        6F31 T 1 0 2 18 0A
        6F38 T 17 0 2 4 -
        6F3B L 26 20 8 0 FF+
        6F3C L 176 10 5 0 00FF+
        6F42 L 38 1 5 0 FF+
        6F43 T 2 0 5 0 FFFF
        6F46 T 17 0 10 0 -
        6F56 T 1 0 8 5 -
        6F5B T 6 0 5 15 F00000F00000
        6F5C T 3 0 2 16 FFFFFF
        6F73 T 14 0 5 12 FFFFFFFFFFFFFFFFFFFF0000FF01
        6F78 T 2 0 2 6 -
        6F7B T 12 0 5 13 FF+
        6F7E T 11 0 5 11 FFFFFFFFFFFFFF0000FF01
        6FAD T 4 0 10 3 00000002
        6FB7 L 4 1 10 1 -
        6FC4 T 128 0 5 0 FF+
        6FE3 T 18 0 5 30 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000001
        6FE4 L 80 1 5 24 FF+
    """,
    # OPT USIM
    20: """
        6F05 T 6 0 1 2 FF+
        -
        6F39 C 3 1 7 0 000000
        6F3E T 8 0 2 0 -
        6F3F T 8 0 2 0 -
        6F40 L 24 1 2 0 FF+
        6F41 T 5 0 5 0 FFFFFF0000
        6F45 T 10 0 5 0 FF+
        6F48 T 10 0 2 14 FF+
        6F49 L 24 10 2 0 FF+
        6F4B L 13 10 8 0 00FF+
        6F4C L 13 10 2 0 00FF+
        6F50 T 20 0 5 0 FF+
        6F60 T 40 0 5 10 FFFFFF0000*
        6F61 T 40 0 2 17 FFFFFF0000*
        6F62 T 5 0 2 19 FFFFFF0000
        6F2C T 16 0 5 0 FF+
        6F32 T 30 0 2 0 FF+
        6F47 L 30 10 5 0 00FF+
        6F4D L 25 10 8 0 FF+
        6F4E L 13 10 5 0 00FF+
        6F4F L 15 5 5 22 FF+
        6F55 L 13 10 8 0 00FF+
        6F57 T 101 0 8 0 00FF+
        6F58 L 11 10 2 0 FF+
        6F80 C 38 20 5 20 FF+0000000001FFFF
        6F81 C 37 20 5 21 FF+00000001FFFF
        6F82 C 3 1 7 0 000000
        6F83 C 3 1 7 0 000000
        6FB1 T 20 0 2 0 -
        6FB2 T 7 0 5 0 -
        6FB3 T 20 0 2 0 -
        6FB4 T 7 0 5 0 -
        6FB5 T 2 0 2 0 -
        6FB6 T 1 0 5 0 00
        6FC3 T 4 0 5 0 FF+
        6FC5 L 16 10 10 25 -
        6FC6 L 8 5 10 26 -
        6FC7 L 24 3 5 0 -
        6FC8 L 13 10 5 0 00FF+
        6FC9 L 5 10 5 0 -
        6FCA L 6 10 5 0 00+
        6FCB L 16 10 5 0 0100FF+
        6FCB L 13 10 5 0 00FF+
        6FCD T 17 0 2 27 -
        6FCE L 6 10 5 0 000000FF+
        6FCF L 13 10 5 0 00FF+
        6FD0 T 100 0 2 0 FF+
        6FD1 L 0 0 5 0 FF+
        6FD2 T 100 0 5 0 FF+
        6FD3 L 11 5 2 0 FF+
        6FD4 T 0 0 2 0 00+
        6FD5 T 0 0 2 0 00+
        6FD6 T 0 0 5 0 FF+
        6FD7 L 0 0 2 0 FF+
        6FD8 L 0 0 2 0 FF+
        6FD9 T 15 0 2 29 FF+
        6FDA L 0 0 2 0 FF+
        6FDB T 1 0 2 0 00
        6FDC T 1 0 2 0 00
        6FDD L 0 0 2 0 FF+
        6FDE T 0 0 10 0 00FF+
        6FDF L 0 0 10 0 00FF+
        6FE2 L 0 0 2 0 -
        6FE6 T 30 0 10 0 801E60C01E900080040000000000000000F0000000004000000000000080
        6FE8 T 18 0 2 0 -
        6FE7 L 0 0 2 0 -
        6FEC T 0 0 10 0 -
        6FED L 0 0 8 0 FF+
        6FEE L 0 0 8 0 FF+
        6FEF L 0 0 2 0 FF+
        -
        6FF1 C 4 0 10 0 FF+
        6FF2 L 0 0 3 0 FF+
        6FF3 T 0 0 2 0 -
        6FF4 T 0 0 2 0 -
        6FF5 T 0 0 2 0 -
        -
        6FF7 T 1 0 2 0 00
        6FF8 B 0 0 2 0 -
        6FF9 T 4 0 2 0 -
        -
        6FFC B 0 0 2 0 -
        6FFD T 0 0 10 0 -
        -
        6F01 T 1 0 3 0 -
    """,
    # ISIM
    21: """
        0000 D 0 0 14 0 -
        6F02 T 0 0 2 2 -
        6F04 L 0 1 2 4 -
        6F03 T 0 0 2 5 -
        6F07 T 14 0 2 7 -
        6FAD T 3 0 10 3 000000
        6F06 L 0 0 10 6 -
    """,
    # OPT ISIM
    22: """
        6F09 L 0 1 2 0 -
        6F3C L 176 10 5 0 00FF+
        6F42 L 38 1 5 0 FF+
        6F43 T 2 0 5 0 FFFF
        6F47 L 30 10 5 0 00FF+
        6FD5 T 0 0 5 0 FF+
        6FD7 L 0 0 2 0 FF+
        6FDD L 0 0 2 0 FF+
        6FE7 L 0 0 2 0 -
        6FF7 T 1 0 2 0 00
        6FF8 B 0 0 2 0 -
        6FFC B 0 0 2 0 -
        6FFA L 0 0 2 0 -
        -
    """,
    # PHONEBOOK
    23: _PHONEBOOK,
    # GSM ACCESS
    24: """
        5F3B D 0 0 14 0 -
        4F20 T 9 0 5 1 FF+07
        4F52 T 9 0 5 2 FF+07
        4F63 T 10 0 5 0 FF+
        4F64 T 1 0 2 0 00
    """,
    # FIVE GS
    28: """
        6FC0 D 0 0 14 0 -
        4F01 T 20 0 5 1 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000001
        4F02 T 20 0 5 2 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000001
        4F03 L 62 2 5 3 FF+
        4F04 L 62 2 5 4 FF+
        4F05 T 110 0 5 5 -
        4F06 T 4 0 2 6 -
        4F07 T 0 0 2 7 FF+
        4F08 L 10 0 10 8 FF+
        4F09 T 0 0 2 9 -
        4F0A T 4 0 2 10 F0FF0000
        4F0B B 0 0 2 0 -
        4F0C T 1 0 2 12 00
        4F0D T 2 0 2 13 -
        4F0E T 0 0 2 14 -
        4F0F T 7 0 2 15 -
        4F10 T 2 0 2 16 -
        4F11 T 1 0 2 17 -
        4F15 T 1 0 2 21 -
        4F16 T 1 0 2 22 -
    """,
    # SAIP
    29: """
        6FD0 D 0 0 14 0 -
        4F01 T 0 0 3 0 FF+
    """,
}

CREATED_BY_DEFAULT = {16, 19, 21}
"""Elements whose files exist even if no field is there for them, where they have a default."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a field of a profile element stands for. `fid` is 0 where the package names it."""

    fid: int
    kind: Kind
    size: int
    records: int
    rule: int
    sfi: int
    default: str

    def content(self, size: int) -> bytes | None:
        """The default content, `size` bytes; None if there is none."""
        if self.default == "-":
            return None
        if self.default.endswith("*"):
            raw = bytes.fromhex(self.default[:-1])
            return (raw * (size // len(raw) + 1))[:size]
        head, plus, tail = self.default.partition("+")
        first, last = bytes.fromhex(head), bytes.fromhex(tail)
        fill = first[-1:] if plus else b"\xff"
        return (first.ljust(max(0, size - len(last)), fill) + last)[:size]


@cache
def templates(element: int) -> tuple[Template | None, ...]:
    """The templates of an element's fields; empty if the element is not known."""
    rows = _TABLES.get(element, "").split("\n")
    return tuple(_read(row.split()) for row in rows if row.strip())


def _read(row: list[str]) -> Template | None:
    if len(row) == 1:
        return None
    fid, kind, *numbers, default = row
    size, records, rule, sfi = map(int, numbers)
    return Template(int(fid, 16), _KINDS[kind], size, records, rule, sfi, default)
