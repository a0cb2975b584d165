"""Data objects out of bytes that come in pieces, wherever they are cut.

Each generator yields while it waits for more bytes, and returns what it read. Spec: GSMA SGP.22,
2.5.4 (the data objects of a bound profile package that are sent one by one).
"""

from __future__ import annotations

from collections.abc import Generator

from vcard.tlv import read_length, read_tag

SEGMENT_LIMIT = 4096
"""Segments have up to 1020 bytes by the standard; servers that cut before they pad send more."""
_LONGEST_HEAD = 8


class Stream:
    """The bytes that have come and were not read yet. What is no such object is a ValueError."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def __len__(self) -> int:
        return len(self._buffer)

    def add(self, data: bytes) -> None:
        """More bytes have come."""
        self._buffer += data

    def peek(self) -> Generator[None, None, int]:
        """The next byte, which stays."""
        while not self._buffer:
            yield
        return self._buffer[0]

    def header(self, tag: int) -> Generator[None, None, int]:
        """Tag and length of an object whose contents follow; the length."""
        end, length = yield from self._head(tag)
        del self._buffer[:end]
        return length

    def object(self, tag: int) -> Generator[None, None, bytes]:
        """A whole object with this tag, as it stands on the wire."""
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
        """Where the contents of the next object begin, and their length."""
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
                raise ValueError(f"tag {found:X} in the place of {tag:X}")
            return end, length
