"""The keys of a keypad."""

from __future__ import annotations

from enum import StrEnum


class Key(StrEnum):
    """A key; its value is what people write for it."""

    DIGIT_0 = "0"
    DIGIT_1 = "1"
    DIGIT_2 = "2"
    DIGIT_3 = "3"
    DIGIT_4 = "4"
    DIGIT_5 = "5"
    DIGIT_6 = "6"
    DIGIT_7 = "7"
    DIGIT_8 = "8"
    DIGIT_9 = "9"
    OK = "OK"
    CANCEL = "CANCEL"
    CLEAR = "CLEAR"
    """Takes back all digits."""
    BACKSPACE = "BACKSPACE"
    """Takes back one digit."""

    @property
    def digit(self) -> bool:
        """True for 0 to 9."""
        return len(self.value) == 1


FUNCTION_KEYS = frozenset(key.value for key in Key if not key.digit)
OK, CANCEL, CLEAR, BACKSPACE = Key.OK, Key.CANCEL, Key.CLEAR, Key.BACKSPACE


def parse_keys(*typed: str) -> tuple[Key, ...]:
    """Keys from what people write: `"1234", OK` or `"1", "2", "ok"`; ValueError for others."""
    keys: list[Key] = []
    for item in typed:
        if item.isascii() and item.isdigit():
            keys.extend(Key(digit) for digit in item)
        elif item.upper() in FUNCTION_KEYS:
            keys.append(Key(item.upper()))
        else:
            raise ValueError(f"{item!r} is no key: 0..9, OK, CANCEL, CLEAR, BACKSPACE")
    return tuple(keys)
