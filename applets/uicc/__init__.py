"""A UICC: files protected by PINs, and a toolkit, as in ETSI TS 102 221.

Other rooms implement what runs on it: a USIM, an eUICC's profiles.
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
