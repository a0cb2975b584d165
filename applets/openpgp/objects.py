"""Data objects that the card only stores: access conditions and lengths.

Spec: OpenPGP Smart Card Application 3.4, 4.4.1 (data objects for GET DATA), 4.4.2 (PUT DATA).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .codes import SLOTS, Password, Tag


class Access(Enum):
    """The password that a host must have verified."""

    ALWAYS = None
    PW1 = Password.PW1
    PW3 = Password.PW3


@dataclass(frozen=True, slots=True)
class DataObject:
    """A simple data object: `longest` None is the persona's limit for special objects."""

    tag: int
    write: Access = Access.PW3
    read: Access = Access.ALWAYS
    shortest: int = 0
    longest: int | None = None
    initial: bytes = b""
    allowed: Callable[[bytes], bool] = lambda value: True  # noqa: ARG005 - any value

    def accepts(self, value: bytes, special: int) -> bool:
        """Whether the value has a length that the object can have."""
        longest = special if self.longest is None else self.longest
        return self.shortest <= len(value) <= longest


def _languages(value: bytes) -> bool:
    return len(value) % 2 == 0


def _sex(value: bytes) -> bool:
    return value in (b"0", b"1", b"2", b"9")


def _key_objects() -> list[DataObject]:
    return [
        DataObject(tag, shortest=size, longest=size)
        for slot in SLOTS
        for tag, size in ((slot.fingerprint, 20), (slot.ca_fingerprint, 20), (slot.time, 4))
    ]


OBJECTS = {
    item.tag: item
    for item in (
        DataObject(Tag.LOGIN),
        DataObject(Tag.URL),
        DataObject(Tag.NAME, longest=39),
        DataObject(Tag.LANGUAGES, longest=8, allowed=_languages),
        DataObject(Tag.SEX, shortest=1, longest=1, initial=b"9", allowed=_sex),
        DataObject(Tag.PRIVATE_1, Access.PW1),
        DataObject(Tag.PRIVATE_2, Access.PW3),
        DataObject(Tag.PRIVATE_3, Access.PW1, Access.PW1),
        DataObject(Tag.PRIVATE_4, Access.PW3, Access.PW3),
        *_key_objects(),
    )
}
