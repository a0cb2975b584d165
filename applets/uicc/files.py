"""The file system of a UICC: contents, PINs, and access rules from EF.ARR.

Spec: ETSI TS 102 221, 8 (application and file structure), 9 (security features).
"""

from __future__ import annotations

from collections.abc import Iterable

from applets.shared.file_system.contents import Contents
from applets.shared.file_system.tree import File, Tree
from vcard import Section

from .arr import ARR, ArrRules
from .fcp import fcp
from .pins import Pins, PinSpec

__all__ = ["ARR", "ICCID", "UiccFiles"]

ICCID = 0x2FE2


class UiccFiles(Contents):
    """Files and PINs as they are now. Verification of a PIN lasts as long as this object."""

    access: ArrRules

    def __init__(self, tree: Tree, pins: Iterable[PinSpec], memory: Section) -> None:
        self.pins = Pins(pins, memory)
        super().__init__(tree, memory, ArrRules(self, self.pins.satisfied))

    def template(self, file: File) -> bytes:
        """The FCP of a file, with the state of the PINs for a DF."""
        return fcp(
            file, lambda named: self.pins.status(file.path, named or file.pins), self.life(file)
        )
