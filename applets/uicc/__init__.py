"""A UICC: files protected by access PINs, and a toolkit, after ETSI TS 102 221.

What it carries (a USIM, an eUICC's profiles) is the business of other rooms.
"""

from .files import ARR, ICCID, UiccFiles
from .pins import Pins, PinSpec, UiccPin
from .platform import Platform, UiccCard
from .toolkit import Cat
from .uicc import Uicc

__all__ = [
    "ARR",
    "ICCID",
    "Cat",
    "PinSpec",
    "Pins",
    "Platform",
    "Uicc",
    "UiccCard",
    "UiccFiles",
    "UiccPin",
]
