"""Numbers in the texts of scripts and faults, with their bounds."""

from __future__ import annotations

MOST = 1_000_000_000
LONGEST_S = 86_400.0


def whole(name: str, text: str, least: int, most: int = MOST) -> int:
    """A whole number from `least` to `most`; ValueError names what it was for."""
    digits = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not digits or not least <= int(text) <= most:
        raise ValueError(f"{name} is a whole number from {least} to {most}, not {text[:40]!r}")
    return int(text)


def seconds(name: str, text: str) -> float:
    """A time of 0 to 86,400 s; ValueError names what it was for."""
    try:
        return checked_seconds(name, float(text))
    except ValueError:
        raise ValueError(f"{name} is 0 to {LONGEST_S:.0f} seconds, not {text[:40]!r}") from None


def checked_seconds(name: str, value: float) -> float:
    """The time itself; ValueError for one that is negative, endless, too long or no number."""
    if not 0 <= value <= LONGEST_S:  # so not a number (nan) is refused as well
        raise ValueError(f"{name} is 0 to {LONGEST_S:.0f} seconds, not {value!r}")
    return value


def status(text: str) -> int:
    """A status word of four hexadecimal digits, 6xxx or 9xxx (ISO/IEC 7816-4, 5.6)."""
    if len(text) != 4 or text[0] not in "69" or not set(text[1:]) <= set("0123456789abcdefABCDEF"):
        raise ValueError(f"a status is four hexadecimal digits, 6xxx or 9xxx, not {text[:40]!r}")
    return int(text, 16)


def octet(name: str, text: str) -> int:
    """One byte in hexadecimal, such as the INS of a command; ValueError names what it was for."""
    if not 0 < len(text) <= 2 or not set(text) <= set("0123456789abcdefABCDEF"):
        raise ValueError(f"{name} is one byte in hexadecimal, not {text[:40]!r}")
    return int(text, 16)
