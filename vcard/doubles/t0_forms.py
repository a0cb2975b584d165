"""The forms of one command over T=1 and over T=0.

Spec: ISO/IEC 7816-3, 12.2.3: a case 4 command goes over T=0 without its Le, whose place is taken by
GET RESPONSE: a card sees `00 A4 00 04 02 3F 00` of what a script has with a `00` behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..atr.atr import Atr


def speaks_t0(atr: bytes | None) -> bool:
    """Whether a card with this ATR may be spoken to over T=0."""
    try:
        return atr is not None and 0 in Atr.parse(atr).protocols
    except ValueError:
        return False


def forms(command: bytes, *, over_t0: bool) -> Iterator[bytes]:
    """The command, and over T=0 the other form of its case: with Le 00 or without its Le."""
    yield command
    size = len(command)
    if over_t0 and size > 5 and command[4]:
        if size == 5 + command[4]:
            yield command + b"\0"
        elif size == 6 + command[4]:
            yield command[:-1]
