"""The Issuer Security Domain of a SIM card, beside its files.

Spec: GlobalPlatform Card Specification 2.3.1 and its UICC Configuration; ETSI TS 102 226, 8.
"""

from __future__ import annotations

from typing import Protocol

from applets.globalplatform.issuer_domain import IssuerSecurityDomain
from applets.globalplatform.manager import ManagedCard
from applets.shared.file_system.tree import MF
from applets.uicc.files import ICCID, UiccFiles
from applets.uicc.platform import BesideFiles, CardWithFiles

from .digits import unswapped


class SimWithDomain(ManagedCard, CardWithFiles, Protocol):
    """The card as its security domain sees it."""


class SimIssuerDomain(BesideFiles, IssuerSecurityDomain):
    """The card manager of a SIM: it passes unknown commands on to the files or the toolkit."""

    section = "IssuerSecurityDomain"
    card: SimWithDomain

    def installed(self) -> None:
        """Attach keys and registry to the memory; give a new card an issuer and an image number.

        They are derived from its ICCID: its first three bytes, and all of it.
        """
        super().installed()
        iccid = _iccid(self.card.files(0))
        if iccid and "data-42" not in self.memory:
            self.memory["data-42"], self.memory["data-45"] = iccid[:3], iccid


def _iccid(files: UiccFiles) -> bytes:
    """The ICCID in the order of its digits; empty without one."""
    file = files.tree.by_path.get((MF, ICCID))
    digits = "" if file is None else unswapped(files.content(file))
    return bytes.fromhex(digits.ljust(len(digits) + len(digits) % 2, "F"))
