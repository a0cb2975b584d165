"""The eUICC's own applications: the file system, and security domains beside it.

Spec: GSMA SGP.22, 2.4 (ISD-R, ECASD); ETSI TS 102 221, 7.5 (MANAGE LSI).
"""

from __future__ import annotations

from typing import Protocol

from applets.sim.authentication import SimCard
from applets.sim.gsm import CLASS as GSM_CLASS
from applets.sim.sim import SimApplication
from applets.uicc.platform import Platform
from vcard import SW, Command, Reply, handles
from vcard.channel import Channel

from .lsi import Lsi

SELECT_INS = 0xA4


class EuiccCard(SimCard, Protocol):
    """The card as the applications of an eUICC see it."""

    lsi: Lsi

    def to_files(self, channel: Channel, command: Command) -> Reply:
        """Select the file system on a channel, and give it a command."""


class MultiplePorts(Platform):
    """An application of a card with logical interfaces."""

    card: EuiccCard

    @handles(ins=0x7C, cla=0x80)
    def manage_lsi(self, command: Command) -> Reply:
        """MANAGE LSI: select, reset or configure logical interfaces."""
        return self.card.lsi.manage(command, self.channel)


class ProfileFiles(SimApplication, MultiplePorts):
    """The file system that each port shows: that of its enabled profile, or an almost empty one."""

    section = "Uicc"
    card: EuiccCard


class SecurityDomain(MultiplePorts):
    """An applet beside the file system: commands for files lead back to that."""

    def unknown(self, command: Command) -> Reply:
        """Pass SELECT of a file to the port's file system; refuse all else with 6D00."""
        if command.ins == SELECT_INS:
            return self.card.to_files(self.channel, command)
        return SW.INS_NOT_SUPPORTED

    def process(self, command: Command) -> Reply:
        """Answer a command; the 2G class belongs to the file system."""
        if command.cla == GSM_CLASS:
            return self.card.to_files(self.channel, command)
        return super().process(command)
