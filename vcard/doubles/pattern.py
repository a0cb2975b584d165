"""Patterns of bytes: how scripts and faults say which commands they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_TOKEN = re.compile(
    r"\s*(?:(?P<byte>[0-9A-Fa-f?]{2})|(?P<rest>\.\.\.)|\[(?P<low>\d+)(?:-(?P<high>\d+))?\])"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern such as `80 CA ?? 0? [2-4] ...`.

    `??` is any byte and `0?` any second digit; `[4]` is any 4 bytes, `[2-4]` any 2 to 4; `...` is
    any number of bytes, none included.
    """

    text: str
    expression: re.Pattern[bytes]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a pattern; ValueError names the column that cannot be read."""
        parts, column = [], 0
        text = text.strip()
        while column < len(text):
            token = _TOKEN.match(text, column)
            if token is None:
                raise ValueError(
                    f"column {column + 1}: {text[column:]!r} is no byte, ??, [n], [n-m] or ..."
                )
            parts.append(_expression(token))
            column = token.end()
        return cls(text, re.compile(b"".join(parts), re.DOTALL))

    def matches(self, raw: bytes) -> bool:
        """True if all of `raw` fits."""
        return self.expression.fullmatch(raw) is not None


def _expression(token: re.Match[str]) -> bytes:
    if token["rest"]:
        return b".*"
    if token["low"]:
        return b".{%b,%b}" % (token["low"].encode(), (token["high"] or token["low"]).encode())
    digits = token["byte"].upper()
    fitting = [n for n in range(256) if _fits(digits, f"{n:02X}")]
    return b"[" + b"".join(b"\\x%02x" % n for n in fitting) + b"]"


def _fits(digits: str, byte: str) -> bool:
    return digits[0] in ("?", byte[0]) and digits[1] in ("?", byte[1])
