"""A class descriptor's fields from texts: names, sizes, and errors that name the line.

Spec: USB CCID 1.1, table 5.1-1.
"""

from __future__ import annotations

from ..ccid.descriptor import WIDTHS, Descriptor

NAMES = tuple(WIDTHS)
"""The fields after bLength and bDescriptorType, in their order."""
MOST_VALUES = 1024
"""Data rates or clock frequencies of one interface; bNum... are single bytes."""


class DescriptionError(ValueError):
    """A description that cannot be read; the message says where and why."""


SHOWN = 60


def shown(text: str) -> str:
    """A text in a message: not all of what a wrong file may have on one line."""
    return repr(text.strip()[:SHOWN])


def number(text: str, width: int, line: int) -> int:
    """The number that a text begins with, of at most `width` bits; DescriptionError names the line.

    Decimal, or hexadecimal after 0x; a negative one is the same bits without a sign.
    """
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    try:
        value = int(word, 16) if word[:2].lower() == "0x" else int(word)
    except ValueError:
        raise DescriptionError(f"line {line}: {shown(text)} is no number") from None
    if not -(1 << width - 1) <= value < 1 << width:
        raise DescriptionError(f"line {line}: {word[:SHOWN]} does not fit into {width} bits")
    return value & (1 << width) - 1


def bcd(text: str, line: int) -> int:
    """A release number (`1.10`) as binary-coded decimal, hexadecimal digits included."""
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    major, dot, minor = word.partition(".")
    try:
        value = int(major, 16) << 8 | int(minor, 16) if dot else -1
    except ValueError:
        value = -1
    if not 0 <= value <= 0xFFFF or len(minor) > 2:
        raise DescriptionError(f"line {line}: {shown(text)} is no release number such as 1.10")
    return value


def descriptor(values: dict[str, int], line: int) -> Descriptor:
    """The class descriptor that ends at a line; DescriptionError names what is missing."""
    missing = [name for name in NAMES if name not in values]
    if missing:
        raise DescriptionError(f"line {line}: the class descriptor lacks {', '.join(missing)}")
    return Descriptor(**{name: values[name] for name in NAMES})
