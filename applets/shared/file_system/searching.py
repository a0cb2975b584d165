"""SEARCH RECORD: the pattern, the records, and their order.

Spec: ISO/IEC 7816-4, 11.4.6; ETSI TS 102 221, 11.1.7 (simple and enhanced search).
"""

from __future__ import annotations

from dataclasses import dataclass

from vcard import SW, Command

FORWARDS, BACKWARDS, ENHANCED = 4, 5, 6
_NEXT, _PREVIOUS = 6, 7
_DIRECTION, _BEHIND_VALUE = 0x07, 0x08


@dataclass(frozen=True, slots=True)
class Search:
    """One search. `where` is the first offset in a record at which the pattern may begin.

    With `behind` it is a byte value instead: the pattern may begin after its first occurrence.
    `direction` is 4 (forwards from a record), 5 (backwards), 6 (forwards from the next record) or
    7 (backwards from the previous one).
    """

    pattern: bytes
    direction: int
    where: int = 0
    behind: bool = False

    @classmethod
    def parse(cls, command: Command) -> Search:
        """Parse P2 and the data; raises 6700 without a pattern, 6A86 or 6A80 for unknown values."""
        mode, data = command.p2 & 7, command.data
        if mode in (FORWARDS, BACKWARDS):
            if not data:
                raise SW.WRONG_LENGTH
            return cls(data, mode)
        if mode != ENHANCED:
            raise SW.INCORRECT_P1_P2
        if len(data) < 3:
            raise SW.WRONG_LENGTH
        direction = data[0] & _DIRECTION
        if direction < FORWARDS or data[0] & ~(_DIRECTION | _BEHIND_VALUE):
            raise SW.WRONG_DATA
        return cls(data[2:], direction, data[1], bool(data[0] & _BEHIND_VALUE))

    def numbers(self, start: int, last: int, *, absolute: bool) -> range:
        """The numbers of the records to look at, in order; `start` 0 means no current record.

        A search from the next or previous record is relative to the current one.
        """
        forwards = self.direction in (FORWARDS, _NEXT)
        if not start:
            return range(1, last + 1) if forwards else range(last, 0, -1)
        if self.direction in (_NEXT, _PREVIOUS) and not absolute:
            start += 1 if forwards else -1
        return range(start, last + 1) if forwards else range(min(start, last), 0, -1)

    def matches(self, record: bytes) -> bool:
        """Whether a record has the pattern at an allowed offset."""
        start = self.where
        if self.behind:
            start = record.find(bytes((self.where,))) + 1
            if not start:
                return False
        return record.find(self.pattern, start) >= 0
