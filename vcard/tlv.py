"""BER-TLV data objects, as smart cards use them.

Spec: ISO/IEC 7816-4, 5.2.2 (tags of 1 to 3 bytes, definite lengths of 1 to 5 bytes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tlv:
    """One data object. `tag` holds the tag bytes as a number (0x5A, 0x9F70, 0xBF3E)."""

    tag: int
    value: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Tlv:
        """Read exactly one data object; ValueError names the offset of what is wrong."""
        item, end = read(raw)
        if end != len(raw):
            raise ValueError(f"offset {end}: {len(raw) - end} bytes after the data object")
        return item

    @property
    def constructed(self) -> bool:
        """True if the tag says that the value is made of data objects."""
        return bool(tag_bytes(self.tag)[0] & 0x20)

    @property
    def children(self) -> list[Tlv]:
        """Parse the value as data objects; ValueError if it is primitive or malformed."""
        return parse_all(self.value)

    def find(self, *path: int) -> Tlv | None:
        """The first object down `path` (tags from the outside in), or None."""
        item = self
        for tag in path:
            for child in item.children:
                if child.tag == tag:
                    item = child
                    break
            else:
                return None
        return item

    def __bytes__(self) -> bytes:
        return tag_bytes(self.tag) + length_bytes(len(self.value)) + self.value


def tlv(tag: int, *parts: bytes | Tlv) -> bytes:
    """Encode a data object from its parts."""
    value = b"".join(bytes(part) for part in parts)
    return tag_bytes(tag) + length_bytes(len(value)) + value


def parse_all(raw: bytes) -> list[Tlv]:
    """Read data objects to the end; ValueError names the offset of what is wrong."""
    return list(_walk(raw))


def _walk(raw: bytes) -> Iterator[Tlv]:
    offset = 0
    while offset < len(raw):
        item, offset = read(raw, offset)
        yield item


def read(raw: bytes, offset: int = 0) -> tuple[Tlv, int]:
    """The data object at `offset` and the offset behind it."""
    tag, start = read_tag(raw, offset)
    length, start = read_length(raw, start)
    if start + length > len(raw):
        raise ValueError(f"offset {start}: {length} bytes announced, {len(raw) - start} there")
    return Tlv(tag, raw[start : start + length]), start + length


def read_tag(raw: bytes, offset: int = 0) -> tuple[int, int]:
    """The tag at `offset` (1 to 3 bytes) and the offset behind it."""
    if offset >= len(raw):
        raise ValueError(f"offset {offset}: tag missing")
    end = offset + 1
    if raw[offset] & 0x1F == 0x1F:
        while end < len(raw) and raw[end] & 0x80:
            end += 1
        end += 1
    if end > len(raw):
        raise ValueError(f"offset {offset}: tag cut short")
    if end - offset > 3:
        raise ValueError(f"offset {offset}: a tag has at most 3 bytes")
    return int.from_bytes(raw[offset:end], "big"), end


def read_length(raw: bytes, offset: int) -> tuple[int, int]:
    """The length at `offset` (1 to 5 bytes) and the offset behind it."""
    if offset >= len(raw):
        raise ValueError(f"offset {offset}: length missing")
    first = raw[offset]
    if first < 0x80:
        return first, offset + 1
    end = offset + 1 + (first & 0x7F)
    if first == 0x80 or first > 0x84:
        raise ValueError(f"offset {offset}: length byte {first:02X} is not used by cards")
    if end > len(raw):
        raise ValueError(f"offset {offset}: length cut short")
    return int.from_bytes(raw[offset + 1 : end], "big"), end


def tag_bytes(tag: int) -> bytes:
    """The tag as it stands on the wire."""
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big")


def length_bytes(length: int) -> bytes:
    """The shortest length field for `length` bytes."""
    if length < 0x80:
        return bytes((length,))
    raw = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(raw),)) + raw
