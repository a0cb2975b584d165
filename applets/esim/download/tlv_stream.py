"""Data objects from a stream of pieces, cut at any place.

Each generator yields while it waits for more bytes, and returns what it read. Spec: GSMA SGP.22,
2.5.4 (the data objects of a bound profile package that are sent one by one).
"""

from __future__ import annotations

from collections.abc import Generator

from vcard.tlv import read_length, read_tag

SEGMENT_LIMIT = 4096
"""Longest segment in bytes. The standard allows 1020; servers that split before padding send
more."""
_LONGEST_HEAD = 8


class Stream:
    """Bytes received and not read yet. Reading raises ValueError for an unexpected object."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def __len__(self) -> int:
        return len(self._buffer)

    def add(self, data: bytes) -> None:
        """Append received bytes."""
        self._buffer += data

    def peek(self) -> Generator[None, None, int]:
        """Return the next byte without reading it."""
        while not self._buffer:
            yield
        return self._buffer[0]

    def header(self, tag: int) -> Generator[None, None, int]:
        """Read the tag and length of an object; return the length of the contents."""
        end, length = yield from self._head(tag)
        del self._buffer[:end]
        return length

    def object(self, tag: int) -> Generator[None, None, bytes]:
        """Read a whole object with this tag; return it encoded. ValueError above SEGMENT_LIMIT."""
        start, length = yield from self._head(tag)
        end = start + length
        if length > SEGMENT_LIMIT:
            raise ValueError(f"a segment of {length} bytes is too long")
        while len(self._buffer) < end:
            yield
        whole = bytes(self._buffer[:end])
        del self._buffer[:end]
        return whole

    def _head(self, tag: int) -> Generator[None, None, tuple[int, int]]:
        """Return the offset of the next object's contents, and their length."""
        while True:
            try:
                found, start = read_tag(bytes(self._buffer[:4]))
                length, end = read_length(bytes(self._buffer[: _LONGEST_HEAD + 1]), start)
            except ValueError:
                if len(self._buffer) > _LONGEST_HEAD:
                    raise
                yield
                continue
            if found != tag:
                raise ValueError(f"tag {found:X} instead of {tag:X}")
            return end, length
