"""Applications of an eUICC: the file system of each port, and security domains.

Spec: GSMA SGP.22, 2.4 (ISD-R, ECASD); ETSI TS 102 221, 7.5 (MANAGE LSI).
"""

from __future__ import annotations

from typing import Protocol

from applets.sim.authentication import SimCard
from applets.sim.sim import SimApplication
from applets.uicc.beside_files import BesideFiles, CardWithFiles
from applets.uicc.platform import Platform
from vcard import Command, Reply, handles

from .lsi import Lsi


class EuiccCard(SimCard, CardWithFiles, Protocol):
    """The card as the applications of an eUICC see it."""

    lsi: Lsi


class MultiplePorts(Platform):
    """An application of a card with logical interfaces."""

    card: EuiccCard

    @handles(ins=0x7C, cla=0x80)
    def manage_lsi(self, command: Command) -> Reply:
        """MANAGE LSI: select, reset or configure logical interfaces."""
        return self.card.lsi.manage(command, self.channel)


class ProfileFiles(SimApplication, MultiplePorts):
    """The file system of a port: that of its enabled profile, or an almost empty one."""

    section = "Uicc"
    card: EuiccCard


class BesideProfile(BesideFiles, MultiplePorts):
    """An applet beside the file system of an eUICC."""

    card: EuiccCard
