"""Hexadecimal text as programs print it and people paste it."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"0x|[\s:,;{}\[\]-]")


def hexadecimal(text: str) -> bytes:
    """Read bytes with spaces, 0x, brackets or any of `: , ; -` between; else ValueError."""
    try:
        return bytes.fromhex(_BETWEEN.sub("", text))
    except ValueError:
        raise ValueError(f"{text!r} is not hexadecimal") from None
