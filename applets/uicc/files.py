"""The file system of a UICC: contents, PINs, and access rules from EF.ARR.

Spec: ETSI TS 102 221, 8 (application and file structure), 9 (security features), 11.1.1.3
and 11.1.1.4 (FCP).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from applets.shared.file_system import MF, File, Kind, Life
from applets.shared.file_system.contents import Contents
from applets.shared.file_system.fcp import LIFE_CYCLE, told
from applets.shared.file_system.fcp import fcp as iso_fcp
from applets.shared.file_system.tree import Tree
from vcard import Section, tlv
from vcard.tlv import parse_all

from .arr import ARR, ArrRules
from .pins import Pins, PinSpec

__all__ = ["ARR", "ICCID", "UiccFiles"]

ICCID = 0x2FE2
_CHARACTERISTICS = tlv(0xA5, tlv(0x80, b"\x71"))
"""UICC characteristics, in the FCP of the MF only: clock stop allowed, all supply classes."""
PIN_STATUS, _ENABLED, _KEY_REFERENCE = 0xC6, 0x90, 0x83

References = Callable[[list[int]], bytes]
"""Returns the value of the PIN status for key references; for an empty list, for the usual ones."""


class UiccFiles(Contents):
    """The current files and PINs. The verification of a PIN lasts as long as this object."""

    access: ArrRules

    def __init__(self, tree: Tree, pins: Iterable[PinSpec], memory: Section) -> None:
        self.pins = Pins(pins, memory)
        super().__init__(tree, memory, ArrRules(self, self.pins.satisfied))

    def template(self, file: File) -> bytes:
        """The FCP of a file, with the state of the PINs for a DF."""
        return fcp(
            file, lambda named: self.pins.status(file.path, named or file.pins), self.life(file)
        )


def fcp(file: File, pins: References | None = None, life: Life = Life.ACTIVATED) -> bytes:
    """Build the FCP template (tag 62) of a file: that of ISO/IEC 7816-4 with access rule and PINs.

    `pins` returns the PIN status (C6) of a DF.
    """
    if file.told:
        return told(file, _current(file, pins, life))
    rule = (file.arr or ARR).to_bytes(2, "big") + bytes((file.rule,))
    about = _CHARACTERISTICS if file.fid == MF and not file.aid else b""
    security = tlv(0x8C, file.compact) if file.compact else tlv(0x8B, rule)
    if file.kind is Kind.DF and pins is not None:
        security += tlv(PIN_STATUS, pins([]))
    return iso_fcp(file, life=life, proprietary=about, security=security)


def _current(file: File, pins: References | None, life: Life) -> dict[int, bytes]:
    """The objects to replace in the template of another card: life cycle and PINs."""
    changed = {LIFE_CYCLE: bytes((life,))}
    for one in parse_all(file.told):
        if one.tag == PIN_STATUS and pins is not None:
            named = [part.value[0] for part in one.children if part.tag == _KEY_REFERENCE]
            changed[PIN_STATUS] = pins(named)
    return changed
