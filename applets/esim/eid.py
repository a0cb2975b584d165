"""The eUICC identifier and its check digits.

Spec: GSMA SGP.02, 2.2.2; SGP.29 (32 digits; modulo 97 the number is 1).
"""

from __future__ import annotations

DIGITS = 32


def check_digits(first: str) -> str:
    """Compute the last two digits from the first 30; ValueError for another number of digits."""
    if not (first.isdecimal() and len(first) == DIGITS - 2):
        raise ValueError(f"an EID begins with {DIGITS - 2} digits, not {first!r}")
    return f"{98 - int(first) * 100 % 97:02d}"


def checked(eid: str) -> str:
    """Return the EID; ValueError unless it has 32 digits and correct check digits."""
    if not (eid.isdecimal() and len(eid) == DIGITS):
        raise ValueError(f"an EID has {DIGITS} digits, not {eid!r}")
    if int(eid) % 97 != 1:
        raise ValueError(f"the check digits of {eid} are {check_digits(eid[:-2])}")
    return eid


def numbered(number: int, prefix: str = "89049032") -> str:
    """Make the EID with serial number `number` (from 0) of an issuer."""
    first = prefix + str(number).zfill(DIGITS - 2 - len(prefix))
    return first + check_digits(first)
